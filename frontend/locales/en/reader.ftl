# What the reader of sources says: checks, refusals, notices, phases.
source-field-empty = This is needed.
source-field-nul = There is a character in it that PostgreSQL cannot hold.
source-name-long = At most 63 bytes.
source-secret-long = At most 4,096 bytes.
source-port-zero = A port is a number from 1 to 65535.
source-host-path = A host name or an address is needed; paths and sockets are not taken.
source-host-invalid = This is not a host name and not an address.
source-host-number = Write the address in full, such as 192.0.2.10.
source-ca-invalid = This holds no readable certificate. Paste the whole of it, from BEGIN CERTIFICATE to END CERTIFICATE.

source-check-fields = The details are complete.
source-check-name = The name { $host } has an address.
source-check-reach = A server answers at { $host }, port { $port }.
source-check-tls = The connection is encrypted as asked.
source-check-sign-in = { $user } is signed in to { $database }.
source-check-server = PostgreSQL { $version }, database { $database }.
source-check-server-unidentified = The account may not read the identifier of the server, so after a restore or a move tables are recognised by their names only. GRANT EXECUTE ON FUNCTION pg_control_system() to it.
source-rights-all = All { $datasets } tables and views can be read.
source-rights-some = { $readable } of { $datasets } tables and views can be read. All of them are listed; profiles and samples need SELECT on the rest.
source-rights-empty = There are no tables or views yet, in { $schemas } schemas, { $closed } of them closed to this account.
source-rights-too-much = { $readable } of { $datasets } tables and views can be read, but this account may do far more on the server than read. Use an account with SELECT only.

source-no-address = The host name could not be resolved. Check the spelling.
source-unreached = No PostgreSQL server answered there. Nothing may be listening, a firewall may be in between, or the operator has not allowed this address.
source-own-cluster = This is the server that the register itself lives in. It cannot be a source.
source-version-old = PostgreSQL { $version } is too old; 12 or newer is read.
source-tls-not-offered = The server does not offer encryption.
source-tls-name = The certificate of the server is for another host name.
source-tls-expired = The certificate of the server is not valid today.
source-tls-issuer = The certificate of the server is signed by an authority that is not trusted here. Give the certificate of that authority.
source-tls-certificate = The certificate of the server was not accepted.
source-tls-no-roots = No authority is trusted here. Give the certificate of the authority that signed that of the server.
source-tls-failed = The connection could not be encrypted.
source-tls-slow = The server did not finish setting up encryption in time.
source-asks-cleartext = The server asked for the password unencrypted. It was not sent. Switch encryption on.
source-sign-in-password = User name or password is not right.
source-sign-in-refused = The server does not let this account in from here.
source-sign-in-no-database = There is no database of this name.
source-sign-in-no-connect = The account may not connect to this database.
source-sign-in-broken = Signing in was broken off. A password may be missing, or the server asks for something that is not known here.
source-sign-in-slow = Signing in took too long.
source-server-busy = The server takes no connections right now. Try again later.
source-lost = The connection was lost.
source-locked = Somebody holds a lock on a table there. Try again later.
source-changed = Tables were dropped while they were read. Try again.
source-query-slow = The server took too long to answer.
source-query-rights = The account may not read the catalogue of the server.
source-query-failed = The server could not answer a question about its catalogue.
source-crawl-slow = The crawl was not finished within { $seconds } seconds.
source-cancelled = Stopped.
source-nonsense = The answers are not those of a PostgreSQL server.
source-too-much = The server sent more than a catalogue can have. It was cut off.

source-notice-identifier = The identifier of the server could not be read; tables are recognised by their names only.
source-notice-closed = Schemas that are closed to the account: { $count }. What is in them is listed, values cannot be read.
source-notice-unreadable = Tables and views that the account may not read: { $count }. They are listed, values cannot be read.
source-notice-cut = Texts that were too long and were cut: { $count }.
source-notice-too-many = Tables left out because there are too many columns: { $count }. The listing is not complete.
source-notice-sizes = The sizes could not be measured this time.

crawl-phase-connect = Connect
crawl-phase-schemas = Schemas
crawl-phase-datasets = Tables and views
crawl-phase-columns = Columns
crawl-phase-constraints = Keys
crawl-phase-indexes = Indexes
crawl-phase-functions = Functions
crawl-phase-sizes = Sizes
tls-disable = None: password and data in the clear
tls-require = Encrypt, whoever the server is
tls-verify-full = Encrypt, and check the server’s name

# Reading what a source holds
source-reading = Reading what it holds
source-reading-hint = How much rules, profiles and samples may ask of the source. Crawls are not counted.
source-connections = Connections at once
source-statement-seconds = Seconds of one query
source-statements-a-day = Queries a day
source-seconds-a-day = Seconds of queries a day
source-quiet = When it is not read
source-quiet-hint = One stretch a line, as 22:00-06:00, in the time zone of its schedule.
source-profile-cron = Profile all datasets (cron)
source-profile-cron-hint = Five fields, in the time zone of its schedule, each hour at most. Empty: only when somebody asks.
source-reading-bounds = From { $least } to { $most }.
source-reading-quiet = Stretches of time as HH:MM to HH:MM, each with two different ends, { $most } at most.
read-wrong = The source refuses the query (code { $code }).
read-refused-writes = Something that the query reads tries to write. Nothing was written.
read-refused-statement = Only one query is run: SELECT, or WITH … SELECT.
read-refused-form = { $form ->
    [into] SELECT … INTO writes, and is not run.
    [lock] FOR UPDATE and FOR SHARE take locks, and are not run.
    [write_inside] A statement that writes stands inside the query.
    [parameter] There is a parameter, and nothing to put in its place.
    [recursive] WITH RECURSIVE may run for ever, and is not run.
    [name_in_apostrophes] Write CAST(… AS type) in place of a type before a text, and names in double quotes.
    [bare_table] Write SELECT … FROM in place of TABLE.
   *[other] This form is not run: { $form }.
}
read-refused-function = The function { $function } is not among those that a query may call here.
read-refused-operator = The operator { $name } is not one of the server’s own.
read-refused-type = The type { $name } is not one of the server’s own.
read-refused-relation = { $name } belongs to the server’s catalogue, which is not read here.
read-refused-unqualified = Write the schema before the name: { $name }.
read-refused-unreadable = This SQL is not understood, at line { $line }, column { $column }: { $reason }
read-refused-shape = The query has parameters, or gives no column.
read-refused-role = The role that signs in may do more than read ({ $rights }). Queries that people write are run only by a role that reads: give the source such a role.
read-limit-time = It took longer than { $seconds } seconds, and was stopped.
read-limit-columns = It gives { $columns } columns; { $most } are taken at most.
read-limit-connections = The source is being read already, by as many connections as are set for it ({ $most }). Try again shortly.
read-limit-statements = The source has been asked { $most } queries today, as many as are set for it.
read-limit-seconds = The source has been read for { $most } seconds today, as long as is set for it.
read-limit-quiet = The source is not read between { $hours } ({ $zone }).

# Profiles
profile-said = Profiled { $profiled }, could not read { $failed }.
profile-doing = Measuring { $dataset }
profile-limit = From 1 to { $most }.

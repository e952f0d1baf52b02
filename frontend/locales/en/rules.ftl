# What is wrong with a quality rule, and why it came out as it did.
rules-yaml = This is no YAML, at line { $line }, column { $column }: { $reason }
rules-missing = Missing.
rules-unknown-member = “{ $member }” is not known here. Known are: { $allowed }.
rules-unknown-word = “{ $word }” is none of: { $known }.
rules-not-a = { $expected ->
    [object] This has to be a mapping.
    [list] This has to be a list.
    [some-list] This has to be a list with something in it.
    [text] This has to be a text.
    [flag] This has to be true or false.
    [whole] This has to be a whole number that is not negative.
    [number] This has to be a number.
    [limit] This has to be a number of rows (10) or a share (0.5 %).
    [span] This has to be a time span (90 m, 26 h, 3 d).
    [name] This has to be a name of letters, digits, “.”, “_” and “-”, at most 100.
    [zone] This has to be the name of a time zone.
    [pattern] This has to be a pattern of at most 1,024 bytes.
   *[scalar] This has to be a number, a text, or true or false.
}
rules-one-of = Exactly one of these has to be given: { $members }.
rules-some-of = At least one of these has to be given: { $members }.
rules-not-for = This means nothing with “{ $check }”.
rules-empty-range = The lower bound lies above the upper one, so nothing would pass.
rules-twice = “{ $word }” stands there twice.
rules-too-much = More than { $limit }.
rules-sql = This SQL is not understood: { $reason }
rules-form = { $form ->
    [subquery] A query inside may not stand here.
    [window] A window function may not stand here.
    [parameter] A parameter may not stand here.
    [recursive] A recursive query may not stand here.
    [lock] A lock may not stand here.
    [statement] Only a query may stand here.
   *[other] This form may not stand here: { $form }.
}
rules-function = The function { $function } may not be called by a rule.
rules-no-column = There is no column “{ $column }”.
rules-no-dataset = There is no dataset “{ $dataset }” in this source.
rules-type = The check does not fit the column “{ $column }” of type { $type }.
rules-value = “{ $value }” is no value of type { $type }.
rules-sides = The two sides do not match: { $left } columns here, { $right } there.
rules-not-by-watermark = A watermark can’t serve this rule: what was counted once may count otherwise later.
rules-why-failed = The source did not answer: { $reason }
rules-why-not-run = It was not run.
rules-why-no-value = There is no value to measure.
rules-why-not-a-number = “{ $value }” is no number.
rules-why-infinite = The newest value is infinite.
rules-why-nothing-earlier = There is nothing earlier to compare with yet.
rules-why-unusual = { $value } is unusual: by what was measured before, { $low } to { $high } was expected.
rules-why-unusual-together = The last values together are unusual, up to { $value }: each alone might lie between { $low } and { $high }.
rules-why-differences = { $number ->
    [1] The columns differ in one place.
   *[other] The columns differ in { $number } places.
}
rules-column-missing = The column “{ $column }” is missing.
rules-column-unexpected = The column “{ $column }” is not expected.
rules-column-type = The column “{ $column }” is of type { $found }, and { $expected } is expected.
rules-column-order = The column “{ $column }” stands at place { $found }, and { $expected } is expected.

# What the house says of rules, beside what the language itself says.
rule-custom-forbidden = SQL of one’s own may read everything that the source’s account may read: only who may see the values of all its datasets may write it.
rule-author-may-not = Its author may no longer see all values of the source, so their SQL is not run. Whoever may, writes it anew.
rule-no-source = No source can be asked about this dataset.
rule-none = There is no rule to check here.
rule-cron-wrong = “{ $text }” is no schedule: five fields are needed (minute hour day month weekday), such as 0 4 * * *.
rule-zone-wrong = “{ $text }” is no time zone, such as Europe/Berlin.
rule-owner-unknown = Nobody signs in as “{ $name }”, and no team has this name.
rule-of-hand = Somebody wrote a rule of this name here by hand: choose another name, or retire it first.
rule-of-file = A rule of this name comes from { $origin }: choose another name.
rule-dataset-unknown = No dataset of a source is called “{ $name }”.
rule-dataset-several = Several datasets are called “{ $name }”: write more of the name, as source.schema.dataset.
rule-no-tags = Datasets have no tags here, so none has these. Choose them by name.
rule-selects-none = No dataset is like this.
check-table-gone = The source has no table { $name } for this account.
check-rows-hidden = Row level security of { $name } hides rows from the source’s account: only the others were counted.
incident-note-missing = Say it in a few words.
incident-note-long = Longer than { $limit } characters.
incident-closed = This incident is closed: only notes can be added.
rule-saved = Saved.
rule-run-asked = The rules will be looked at now.
rule-muted = Muted.
rule-unmuted = No longer muted.
rule-disabled = Switched off: its schedule does not count.
rule-enabled = Switched on.
rule-retired = Retired. Its results stay.
profile-asked = The dataset will be profiled now.
rule-saved-many = The rule was saved at { $n ->
    [one] { $n } dataset
   *[other] { $n } datasets
}.
rule-many-has = { $dataset } has a rule { $name } already. Choose another name.
rule-many-refuses = { $dataset } does not take it:
rule-name-stays = A rule keeps its name: its results hang on it. Duplicate it under another one.
incident-mute-past = That time is over already.
rule-text-elsewhere = The text is for { $name }; what is written here is a rule of { $dataset }.

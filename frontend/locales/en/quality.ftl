# Quality: scores, rules, results.
layout-incidents = { $n ->
    [one] open incident
   *[other] open incidents
}
nav-quality = Quality
quality-text = How the data stands that you may see, where it is worst, and what nobody looks after.
quality-failing-word = failing
quality-score-word = of 100
quality-score = Score
quality-score-today = Score, today
quality-score-yesterday = { $score } yesterday
quality-score-first = nothing known of yesterday
quality-of-failing = { $n } of { $total } failing
quality-of-warning = { $n } of { $total } with a warning
quality-of-passing = { $n } passing
quality-of-unmeasured = { $n } without a result
quality-of-none = no rule yet
quality-badge-failing = { $n } failing
quality-badge-warning = { $n ->
    [one] { $n } warning
   *[other] { $n } warnings
}
quality-badge-passing = { $n ->
    [one] { $n } rule passing
   *[other] { $n } rules passing
}
quality-badge-unmeasured = { $n ->
    [one] { $n } rule, not run yet
   *[other] { $n } rules, not run yet
}
quality-badge-none = No rules
quality-formula = How the score comes about
quality-formula-figures = { $earned } of { $possible } points
quality-formula-text = A rule counts by its severity: low 1, medium 2, high 3 points. It earns all of them when it passes or a constraint holds it, half with a warning, none when it fails. Rules without a result, muted and disabled ones do not count. A dimension is counted by its own rules, the score by all.
quality-watch = Watch
quality-watching = Watching
quality-run-all = Run all now
quality-running = Rules are being checked
quality-empty = No rules on this dataset yet
quality-empty-text = Rules say what has to hold, and somebody is told when it does not. Suggestions come from the last profile, from keys and constraints.
quality-take-all = { $n ->
    [one] Add { $n } suggested rule
   *[other] Add all { $n } suggested rules
}
quality-suggested = Suggested rules
quality-suggested-from = from the profile
quality-outside = Results from outside
quality-outside-text = dbt tests and OpenLineage assertions that came in
outside-from = From
outside-dbt = dbt test
outside-openlineage = OpenLineage
quality-all = Show all
quality-failing-now = Failing now
quality-nothing-fails = Nothing fails
quality-nothing-fails-text = No rule that you may see is failing, in error or warning with these filters.
quality-by-domain = By domain
quality-by-source = By source
quality-group = Name
quality-group-none = Nothing with a result yet.
quality-trend = 30 days
quality-trend-said = Score over 30 days, from { $first } to { $last }
quality-failing = Failing
quality-covered = With rules
quality-downstream = Downstream
quality-worst = Lowest scores
quality-unowned = Rules without an owner
quality-unowned-none = Every rule has an owner.
quality-stale = Stale rules
quality-stale-none = Every rule ran as it should.
quality-coverage = Datasets with rules, by what depends on them
quality-importance-many = Read by { $n } or more datasets
quality-importance-some = Read by some
quality-importance-none = Read by none
rule = Rule
rules-title = Rules
rules-count = { $n ->
    [one] { $n } rule
   *[other] { $n } rules
}
rules-failing-first = { $n }, failing first
rules-find = Part of a name or column
rules-empty = No rules yet
rules-empty-text = A rule says what has to hold for a dataset. Open the Quality tab of a dataset to see what is suggested for it.
rules-nothing-text = Try fewer filters.
rule-add = Add rule
rule-name = Rule
rule-column = Column
rule-whole = whole dataset
rule-dimension = Dimension
rule-severity = Severity
rule-kind = Kind
rule-state = State
rule-value = Value
rule-bound = Bound
rule-runs = 30 runs
rule-all-runs = Runs
rule-next = Next run
rule-result = Result
rule-measured = Measured
rule-measured-at = Measured
rule-failing = Failing rows
rule-until = until
rule-held-by = Held by { $by } { $name }
rule-next-now = running or waiting
rule-next-update = after an update
rule-next-request = on request
rule-next-never = none
rule-runs-part = { $verdict } { $n }
rule-runs-said = Last { $n } runs: { $parts }
rule-runs-no = No run yet
rule-only-where = Only rows where
rule-failing-of = { $n } of { $rows } rows fail.
rule-rows = Failing rows
rule-rows-of = Failing rows: { $name }
rule-history = History
rule-history-of = History: { $name }
rule-edit = Edit rule
rule-look = Open rule
rule-run = Run now
rule-mute = Mute until…
rule-mute-until = Until
rule-mute-now = Mute
rule-unmute = Mute no longer
rule-is-muted = Muted until
rule-correction = Correction
rule-correction-text = SQL that would put it right, to be copied. Cadastre never runs it.
rule-runs-empty = No runs here
rule-runs-empty-text = Each run with its result appears here.
rule-due = due
rule-new-rows = new rows only
rule-started-by = Started by
rule-by-schedule = its schedule
rule-by-update = an update of the dataset
rule-by-hand = a person
rule-by-api = the API
rule-by-catch-up = catching up after downtime
rule-said-times = { $times } times the usual value.
rule-said-band-warns = The learned band would have warned at { $bound }.
rule-said-usual = As usual, and still beyond the bound.
rule-said-since = Failing since { $since }.
rule-said-watermark = Counted on from { $by }: { $n } new rows.
rule-said-row = { $n } runs in a row.
rule-state-failing = Failing
rule-state-error = Error
rule-state-warning = Warning
rule-state-passing = Passing
rule-state-held = Held
rule-state-open = Nothing to compare yet
rule-state-not-run = Not run yet
rule-state-muted = Muted
rule-state-disabled = Disabled
verdict-pass = Passed
verdict-warn = Warning
verdict-fail = Failed
verdict-error = Error
verdict-open = Nothing to compare
verdict-missed = Missed
held-by-not-null = NOT NULL
held-by-primary-key = primary key
held-by-unique = unique constraint
held-by-foreign-key = foreign key
held-by-type = the type
dimension-completeness = Completeness
dimension-uniqueness = Uniqueness
dimension-validity = Validity
dimension-accuracy = Accuracy
dimension-consistency = Consistency
dimension-timeliness = Timeliness
gravity-low = Low
gravity-medium = Medium
gravity-high = High
rule-kind-not-null = Not empty
rule-kind-unique = Unique
rule-kind-accepted = Accepted values
rule-kind-range = Range
rule-kind-length = Length
rule-kind-pattern = Pattern
rule-kind-castable = Readable as a type
rule-kind-row-count = Number of rows
rule-kind-freshness = Freshness
rule-kind-references = References
rule-kind-compare = Compare columns
rule-kind-aggregates = Compare aggregates
rule-kind-schema = Columns as expected
rule-kind-metric = Metric
rule-kind-sql = Own SQL
rule-kind-gap-free = Without gaps
rule-measures-not-null = Rows with an empty { $columns }
rule-measures-unique = Rows with a { $columns } that is there twice
rule-measures-accepted = Rows with a { $columns } that is not accepted
rule-measures-range = Rows with a { $columns } out of range
rule-measures-length = Rows with a { $columns } of a wrong length
rule-measures-pattern = Rows with a { $columns } of a wrong form
rule-measures-castable = Rows with a { $columns } that cannot be read
rule-measures-row-count = Number of rows: { $columns }
rule-measures-freshness = Age of the newest { $columns }
rule-measures-references = Rows with a { $columns } that refers to nothing
rule-measures-compare = Rows in which { $columns } do not match
rule-measures-aggregates = Left aggregate: { $columns }
rule-measures-schema = Differences of columns: { $columns }
rule-measures-metric = Metric: { $columns }
rule-measures-sql = Rows that the query gives: { $columns }
rule-measures-gap-free = Missing steps of { $columns }
chart-learned = learned
chart-learned-band = Learned band
chart-bound = Bound
chart-least = least { $bound }
chart-most = fail { $bound }
chart-usual = Usual
chart-nothing = No figures: nothing was measured yet, or they need the right “See profiles”.
chart-as-table = As a table
chart-said = { $n } values from { $from } to { $to }, between { $low } and { $high }. The last one: { $last }, { $verdict }.
band-why = { $n ->
    [one] Why the band lies there, learned from { $n } day
   *[other] Why the band lies there, learned from { $n } days
}
band-not-yet = No band is learned yet
band-history = It stands on { $points } values over { $days } days.
band-level = The level is { $level }.
band-trend = It moves by { $change } a day.
band-hour = At { $hour }:00 it usually lies { $effect } from the level.
band-weekday = On this weekday ({ $weekday ->
    [0] Monday
    [1] Tuesday
    [2] Wednesday
    [3] Thursday
    [4] Friday
    [5] Saturday
   *[6] Sunday
}) it usually lies { $effect } from the level.
band-hour-of-week = On { $weekday ->
    [0] Monday
    [1] Tuesday
    [2] Wednesday
    [3] Thursday
    [4] Friday
    [5] Saturday
   *[6] Sunday
} at { $hour }:00 it usually lies { $effect } from the level.
band-calendar = At this date of each month it usually lies { $effect } from the level.
band-echo = The last value still counts with { $effect }.
band-step = The usual step from the value before is { $effect }.
band-aside = { $n } values were put aside as outliers.
band-shift = On { $at } the level shifted from { $from } to { $to }.
band-wider-gap = It is wider because the last value is some time ago.
band-wider-new-level = It is wider because the level has just shifted.
band-wider-provisional = It is wider because a season may still be unknown.
band-wider-unseen = It is wider because there was no such hour or weekday yet.
band-learning = { $points } more values are needed before there is a band. Until then nothing alarms.
band-provisional = { $days } more days are needed to know hours and weekdays.
suggest-constraint = The constraint { $name } says so.
suggest-never-empty = Never empty in { $rows } rows.
suggest-all-distinct = As many values as rows: { $rows }.
suggest-few-values = Only { $n } values.
suggest-range = All values lie between { $low } and { $high }.
suggest-pattern = { $share } of the values look like this: { $pattern }.
suggest-row-count = { $rows } rows now.
suggest-fresh = The newest value is { $age } old.
cell-null = NULL
cell-masked = masked
rows-of = { $n } of { $total } rows.
rows-shown = { $n ->
    [one] { $n } row.
   *[other] { $n } rows.
}
rows-read = Read
rows-masked = Masked columns stay masked here.
rows-withheld = You may not see values here: that needs the right “See values”.
rows-off = This rule keeps no failing rows.
rows-none = No row to show.
confirm-retire-rule = Retire the rule “{ $name }”?
confirm-retire = Retire
confirm-retire-runs = It runs no more and counts no more in any score.
confirm-retire-history = Its results so far are kept and can be read.
confirm-retire-incidents = Incidents that only it keeps open are closed.

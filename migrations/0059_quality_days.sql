-- How rules stand, where lists and facets need it at once; and how datasets stood, day by day.

-- The last verdict of a rule and when it came, beside its results.
alter table rules
    add column verdict     text check (verdict in ('pass', 'warn', 'fail', 'error', 'open')),
    add column measured_at timestamptz;
update rules r set verdict = l.verdict, measured_at = l.at
from (select distinct on (rule_id) rule_id, verdict, at from rule_results order by rule_id, at desc) l
where l.rule_id = r.id;

-- The points of a dataset's rules after the last check of a day (UTC), in halves; a day without a check has those of the day before.
create table quality_days (
    dataset_id bigint not null references assets,
    day        date   not null,
    earned     bigint not null,
    possible   bigint not null,
    primary key (dataset_id, day)
);
create index quality_days_day on quality_days (day);

-- Files of rules for selections of datasets, as they were applied last: what they say is also so for datasets that come later.
create table rule_files (
    origin  text   primary key,                     -- the file, as at its rules
    body    text   not null,
    version bigint not null                         -- of the register when its datasets were looked for
);

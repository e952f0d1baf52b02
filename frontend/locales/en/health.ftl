# What was found when the register looked at itself.
health-database-answers = It answers.
health-one-role = One role owns the tables and serves requests. Give CADASTRE_MIGRATE_URL another role that owns them.
health-two-roles = The role that serves requests cannot change the chain of changes.
health-clock-skew = The clocks of this machine and of the database differ by { $ms } ms.
health-key = Key { $id } seals; { $count } can open.
health-lag = Rights were last known to be current { $ms } ms ago.
health-tasks-state = { $waiting } waiting, { $overdue } of them for more than five minutes; { $failed } failed in the last day.

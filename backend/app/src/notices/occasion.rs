//! What people are to be told of, as it is left by what happened: in its transaction, in one row, before anybody asks whom it
//! concerns.

use crate::error::Result;
use cadastre_model::PersonId;
use sqlx::PgConnection;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// An incident was opened.
    Opened,
    /// It was assigned to somebody.
    Assigned,
    /// Somebody said something about it.
    Noted,
    /// It is over, by results or by somebody.
    Resolved,
    /// A rule could not be measured again and again.
    RuleError,
    /// A subscription cannot be delivered.
    Undelivered,
}

impl Happened {
    const ALL: [Self; 6] =
        [Self::Opened, Self::Assigned, Self::Noted, Self::Resolved, Self::RuleError, Self::Undelivered];

    /// The word as it is stored.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Assigned => "assigned",
            Self::Noted => "noted",
            Self::Resolved => "resolved",
            Self::RuleError => "rule_error",
            Self::Undelivered => "undelivered",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// Who did it, and to whom.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct By {
    /// Who did it: they are not told. None: a result.
    pub(crate) person: Option<PersonId>,
    /// Whom an incident was assigned to.
    pub(crate) to: Option<PersonId>,
}

/// Something happened to incidents.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn of_incidents(
    tx: &mut PgConnection,
    happened: Happened,
    incidents: &[i64],
    by: By,
) -> Result<()> {
    if incidents.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into notice_occasions (kind, dataset_id, incident_id, by_id, to_id)
         select $1, i.dataset_id, i.id, $3, $4 from incidents i where i.id = any($2) order by i.id",
    )
    .bind(happened.as_str())
    .bind(incidents)
    .bind(by.person.map(|id| id.0))
    .bind(by.to.map(|id| id.0))
    .execute(tx)
    .await?;
    Ok(())
}

/// A check is written whose rules could not be measured: people are told when that is so for the third time running.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn rules_in_error(tx: &mut PgConnection, check: i64) -> Result<()> {
    sqlx::query(
        "insert into notice_occasions (kind, dataset_id, rule_id)
         select 'rule_error', r.dataset_id, r.id from rules r
         join lateral (
             select count(*) filter (where now.verdict = 'error') as times,
                    count(*) filter (where now.verdict = 'error' and now.place <= 3) as last_three
             from (select l.verdict, row_number() over (order by l.at desc, l.check_id desc) as place
                   from (select distinct o.check_id, o.at, o.verdict
                         from (select x.check_id, x.at, x.verdict from rule_results x
                               where x.rule_id = r.id order by x.at desc limit 100) o) l
                   order by l.at desc, l.check_id desc limit 4) now) seen
             on seen.last_three = 3 and seen.times = 3
         where r.id in (select e.rule_id from rule_results e where e.check_id = $1 and e.verdict = 'error')",
    )
    .bind(check)
    .execute(tx)
    .await?;
    Ok(())
}

/// A subscription cannot be delivered any more.
pub(super) async fn undelivered(tx: &mut PgConnection, subscription: i64) -> Result<()> {
    sqlx::query("insert into notice_occasions (kind, subscription_id) values ($1, $2)")
        .bind(Happened::Undelivered.as_str())
        .bind(subscription)
        .execute(tx)
        .await?;
    Ok(())
}

//! How the register is: what was looked at, and figures. Counts go over everything: who may manage settings sees all.

use crate::app::App;
use crate::error::Result;
use cadastre_access::Permit;
use cadastre_frontend::admin::{Health, HealthCheck};
use cadastre_model::Message;
use chrono::{DateTime, Utc};

/// Looks at the database, its roles and clock, the read models and the tasks.
pub(super) async fn checks(app: &App, _: &Permit) -> Result<Vec<HealthCheck>> {
    let (clock, one_role): (DateTime<Utc>, bool) =
        sqlx::query_as("select clock_timestamp(), has_table_privilege('change_sets', 'update')")
            .fetch_one(&app.db().web)
            .await?;
    let (waiting, overdue, failed): (i64, i64, i64) = sqlx::query_as(
        "select count(*) filter (where state = 'queued'),
                count(*) filter (where state = 'queued' and due < clock_timestamp() - interval '5 minutes'),
                count(*) filter (where state = 'failed' and finished_at > clock_timestamp() - interval '1 day')
         from tasks",
    )
    .fetch_one(&app.db().web)
    .await?;
    let skew = (app.now() - clock).num_milliseconds().abs();
    let lag = app.rights().lag();
    let check = |name, health, text| HealthCheck { name, health, text };
    Ok(vec![
        check("health-database", Health::Good, Message::new("health-database-answers")),
        if one_role {
            check("health-roles", Health::Warning, Message::new("health-one-role"))
        } else {
            check("health-roles", Health::Good, Message::new("health-two-roles"))
        },
        check(
            "health-clock",
            if skew < 2_000 { Health::Good } else { Health::Warning },
            Message::new("health-clock-skew").arg("ms", skew),
        ),
        check(
            "health-keys",
            Health::Good,
            Message::new("health-key").arg("id", app.keys().current()).arg("count", app.keys().ids().count()),
        ),
        check(
            "health-read-models",
            if app.rights().is_stale() { Health::Bad } else { Health::Good },
            Message::new("health-lag").arg("ms", lag.as_millis()),
        ),
        check(
            "health-tasks",
            if overdue == 0 && failed == 0 { Health::Good } else { Health::Warning },
            Message::new("health-tasks-state")
                .arg("waiting", waiting)
                .arg("overdue", overdue)
                .arg("failed", failed),
        ),
    ])
}

/// How much there is.
pub(super) async fn figures(app: &App, _: &Permit) -> Result<Vec<(&'static str, String)>> {
    let counts: (i64, i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from assets where kind = 'dataset' and state = 'live'),
                (select count(*) from column_facts where valid_to is null),
                (select count(*) from assets where kind = 'source' and state = 'live'),
                (select count(*) from people),
                (select version from register),
                pg_database_size(current_database()),
                (select count(*) from tasks where state = 'queued')",
    )
    .fetch_one(&app.db().web)
    .await?;
    let server: String =
        sqlx::query_scalar("select current_setting('server_version')").fetch_one(&app.db().web).await?;
    let number = cadastre_frontend::grouped;
    let mut figures = vec![
        ("figure-datasets", number(counts.0)),
        ("figure-columns", number(counts.1)),
        ("figure-sources", number(counts.2)),
        ("figure-people", number(counts.3)),
        ("figure-change-sets", number(counts.4)),
        ("figure-database-size", cadastre_frontend::bytes(counts.5)),
        ("figure-database-version", server),
        ("figure-tasks-waiting", number(counts.6)),
    ];
    if let Some(memory) = memory() {
        figures.push(("figure-memory", cadastre_frontend::bytes(memory)));
    }
    Ok(figures)
}

/// What this process holds in memory, in bytes, where the system says so.
fn memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<i64>().ok().map(|kib| kib * 1024)
}

//! Notices as their person sees them now. The one way from what is stored to what is shown, mailed or sent: what they may not
//! see any more is not there.

use crate::access::{Caller, push_scope};
use crate::catalog::rows::{self, Named};
use crate::catalog::visible;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_frontend::{T, Tone, href};
use cadastre_model::{Action, AssetId, Message, PersonId, PublicId};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashMap;
use uuid::Uuid;

/// What every query of notices stands on: `n` the notice, `a` and `b` what has to be seen.
pub(super) const FROM: &str = " from notices n left join assets a on a.id = n.dataset_id left join assets b on b.id = n.about_id where ";

/// Adds the condition that notices are this person's, and about what they see.
pub(super) fn push_seen(query: &mut QueryBuilder<Postgres>, person: PersonId, see: &Scope) {
    query.push("n.person_id = ").push_bind(person.0);
    query.push(" and (n.dataset_id is null or ");
    push_scope(query, "a", see);
    query.push(") and (n.about_id is null or ");
    push_scope(query, "b", see);
    query.push(")");
}

/// A notice as it is shown.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) id: i64,
    pub(super) public_id: PublicId,
    /// `opened`, `assigned`, `noted`, `resolved`, `upstream`, `rule_error` or `undelivered`.
    pub(super) kind: String,
    /// `assignee`, `owner`, `watch`, `subscription` or `downstream`.
    pub(super) because: String,
    /// What it is about; none: the register itself.
    pub(super) dataset: Option<Named>,
    /// Where the incident is, if it is upstream.
    pub(super) upstream: Option<Named>,
    /// What is subscribed to, if it is seen.
    pub(super) scope: Option<Named>,
    pub(super) severity: String,
    pub(super) at: DateTime<Utc>,
    pub(super) read_at: Option<DateTime<Utc>>,
    /// Its id and number.
    pub(super) incident: Option<(PublicId, i64)>,
    /// How many rules the incident has.
    pub(super) rules: i64,
    /// Its id and name.
    pub(super) rule: Option<(PublicId, String)>,
    /// The address of a subscription, without what may be secret in it.
    pub(super) address: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    kind: String,
    because: String,
    dataset_id: Option<i64>,
    about_id: Option<i64>,
    scope_id: Option<i64>,
    severity: String,
    at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
    incident: Option<Uuid>,
    incident_id: Option<i64>,
    rules: i64,
    rule: Option<Uuid>,
    rule_name: Option<String>,
    address: Option<String>,
}

/// These notices of the caller's, the newest first; those about what they don't see are left out.
pub(super) async fn of(conn: &mut PgConnection, caller: &Caller, ids: &[i64]) -> Result<Vec<Told>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select n.id, n.public_id, n.kind, n.because, n.dataset_id, n.about_id, n.scope_id, n.severity, n.at, n.read_at, n.incident_id,
                (select i.public_id from incidents i where i.id = n.incident_id) as incident,
                (select count(*) from incident_rules m where m.incident_id = n.incident_id) as rules,
                (select r.public_id from rules r where r.id = n.rule_id) as rule,
                (select r.name from rules r where r.id = n.rule_id) as rule_name,
                (select s.shown from subscriptions s where s.id = n.subscription_id) as address",
    );
    query.push(FROM).push("n.id = any(").push_bind(ids).push(") and ");
    push_seen(&mut query, caller.person(), &see);
    query.push(" order by n.id desc");
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let around: Vec<AssetId> = rows
        .iter()
        .flat_map(|row| [row.dataset_id, row.about_id, row.scope_id])
        .flatten()
        .map(AssetId)
        .collect();
    let around: Vec<AssetId> = visible::of(conn, &see, around).await?.into_iter().collect();
    let named = rows::named(conn, &see, &around, caller.language).await?;
    Ok(rows.into_iter().map(|row| told(row, &named)).collect())
}

fn told(row: Row, named: &HashMap<AssetId, Named>) -> Told {
    let find = |id: Option<i64>| id.and_then(|id| named.get(&AssetId(id))).cloned();
    Told {
        id: row.id,
        public_id: PublicId(row.public_id),
        dataset: find(row.dataset_id),
        upstream: find(row.about_id),
        scope: find(row.scope_id),
        kind: row.kind,
        because: row.because,
        severity: row.severity,
        at: row.at,
        read_at: row.read_at,
        incident: row.incident.map(PublicId).zip(row.incident_id),
        rules: row.rules,
        rule: row.rule.map(PublicId).zip(row.rule_name),
        address: row.address,
    }
}

impl Told {
    /// What happened.
    pub(super) fn what(&self) -> Message {
        let incident = || format!("INC-{}", self.incident.map_or(0, |(_, number)| number));
        match self.kind.as_str() {
            "opened" => {
                Message::new("notice-incident-opened").arg("incident", incident()).arg("n", self.rules)
            }
            "assigned" => Message::new("notice-incident-assigned").arg("incident", incident()),
            "noted" => Message::new("notice-incident-note").arg("incident", incident()),
            "upstream" => {
                let place = self.upstream.as_ref().map_or("", |named| named.name.as_str());
                Message::new("notice-incident-upstream").arg("incident", incident()).arg("dataset", place)
            }
            "rule_error" => {
                let rule = self.rule.as_ref().map_or("", |(_, name)| name.as_str());
                Message::new("notice-rule-error").arg("rule", rule)
            }
            "undelivered" => {
                Message::new("notice-undelivered").arg("name", self.address.as_deref().unwrap_or_default())
            }
            _ => Message::new("notice-incident-resolved").arg("incident", incident()),
        }
    }

    /// What happened and where, on one line.
    pub(super) fn text(&self, t: &T) -> String {
        let what = t.message(&self.what());
        match &self.dataset {
            Some(dataset) => {
                let place: Vec<&str> =
                    dataset.path.iter().chain([&dataset.name]).map(String::as_str).collect();
                format!("{what} · {}", place.join(" / "))
            }
            None => what,
        }
    }

    /// Why they are told.
    pub(super) fn why(&self) -> Message {
        match (self.because.as_str(), &self.scope) {
            ("owner", _) => Message::new("notice-because-owner"),
            ("watch", _) => Message::new("notice-because-watch"),
            ("assignee", _) => Message::new("notice-because-assignee"),
            ("downstream", _) => Message::new("notice-because-downstream"),
            (_, Some(scope)) => {
                let name = scope.display_name.as_ref().unwrap_or(&scope.name);
                Message::new("notice-because-subscription").arg("name", name)
            }
            (_, None) => Message::new("notice-because-subscribed"),
        }
    }

    /// How grave it is.
    pub(super) fn tone(&self) -> Tone {
        match self.kind.as_str() {
            "resolved" => Tone::Pass,
            "noted" | "assigned" => Tone::None,
            "opened" | "upstream" if self.severity == "high" => Tone::Fail,
            _ => Tone::Warn,
        }
    }

    /// Where it leads.
    pub(super) fn href(&self) -> String {
        match (self.incident, &self.rule) {
            (Some((id, _)), _) => href::incident(id),
            (None, Some((id, _))) => href::rule(id),
            (None, None) => href::subscriptions(),
        }
    }
}

//! The list of rules, and the runs of one.

use super::course::{self, Course};
use super::shown;
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Member, Paging, Params, html};
use crate::lineage;
use crate::quality::everywhere::{self, Placed, Which};
use crate::quality::read::{self, Told};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::href;
use cadastre_frontend::parts::Pager;
use cadastre_frontend::quality::lists::{RuleRun, RuleRunsPage, RulesPage};
use cadastre_frontend::quality::{Dimension, Gravity, Measure, RuleRow, RuleState, Select, Verdict};
use cadastre_frontend::{Choice, T};
use cadastre_model::{Action, Message};
use serde::Deserialize;

/// A page has so many rules.
const PAGE: i64 = 50;

/// The filters of rules, as they stand in the address.
#[derive(Debug, Clone, Deserialize, Default)]
pub(super) struct Query {
    #[serde(default)]
    pub(super) q: String,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) dimension: String,
    #[serde(default)]
    pub(super) severity: String,
    #[serde(default)]
    pub(super) owner: String,
    #[serde(default)]
    pub(super) stale: String,
    #[serde(default)]
    pub(super) after: String,
}

impl Query {
    pub(super) fn which(&self) -> Which {
        let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Which {
            words: self.q.clone(),
            dimension: Dimension::of_word(&self.dimension).map(|one| one.as_str().to_owned()),
            severity: Gravity::of_word(&self.severity).map(|one| one.as_str().to_owned()),
            owner: word(&self.owner),
            is_stale: self.stale == "yes",
            verdicts: RuleState::of_word(&self.state).and_then(verdicts),
        }
    }

    pub(super) fn from(&self) -> i64 {
        self.after.parse().ok().filter(|from| (0..=1_000_000).contains(from)).unwrap_or(0)
    }

    pub(super) fn filters(&self, t: &T) -> Vec<Select> {
        let states = [RuleState::Failing, RuleState::Error, RuleState::Warning, RuleState::Passing];
        let whose = [("me", "search-owner-me"), ("nobody", "owner-none")];
        vec![
            Select::of_words(
                t,
                ("state", "rule-state"),
                &states,
                RuleState::as_str,
                RuleState::of_word(&self.state),
            ),
            Select::of_words(
                t,
                ("dimension", "rule-dimension"),
                Dimension::ALL,
                Dimension::as_str,
                Dimension::of_word(&self.dimension),
            ),
            Select::of_words(
                t,
                ("severity", "rule-severity"),
                Gravity::ALL,
                Gravity::as_str,
                Gravity::of_word(&self.severity),
            ),
            Select::new(
                "owner",
                "lineage-owner",
                whose.iter().map(|(word, key)| Choice::new(*word, t.s(key))).collect(),
                self.owner.clone(),
            ),
        ]
    }

    /// The address of the list from a row on.
    pub(super) fn at(&self, base: String, from: i64) -> String {
        let pairs = [
            ("q", &self.q),
            ("state", &self.state),
            ("dimension", &self.dimension),
            ("severity", &self.severity),
            ("owner", &self.owner),
            ("stale", &self.stale),
        ];
        let here = pairs.into_iter().fold(base, |here, (name, value)| href::with_query(here, name, value));
        href::with_query(here, "after", &from.to_string())
    }

    pub(super) fn pager(&self, base: &str, size: i64, shown: usize, total: i64) -> Pager {
        let (from, shown) = (self.from(), i64::try_from(shown).unwrap_or(i64::MAX));
        let to = |row: i64| self.at(base.to_owned(), row);
        Pager {
            shown,
            total: Some(total),
            previous: (from > 0).then(|| to((from - size).max(0))),
            next: (from + size < total).then(|| to(from + size)),
        }
    }
}

/// What came last of rules that stand so.
const fn verdicts(state: RuleState) -> Option<&'static [&'static str]> {
    match state {
        RuleState::Failing => Some(&["fail"]),
        RuleState::Error => Some(&["error"]),
        RuleState::Warning => Some(&["warn"]),
        RuleState::Passing | RuleState::Held => Some(&["pass"]),
        RuleState::Open => Some(&["open"]),
        _ => None,
    }
}

/// Rules with their datasets, as rows.
pub(super) async fn rows(app: &App, member: &Member, placed: &[Placed]) -> Result<Vec<RuleRow>> {
    let ids: Vec<_> = placed.iter().map(|one| one.asset.id).collect();
    let links = lineage::dataset_links(app, &member.caller, &ids).await?;
    let now = app.now();
    let row = |one: &Placed| {
        let link = links.get(&one.asset.id)?.clone();
        Some(shown::row(&one.seen, one.eyes, one.seen.owner.as_ref(), Some(link), now))
    };
    Ok(placed.iter().filter_map(row).collect())
}

/// GET /quality/rules
pub(super) async fn rules(
    State(app): State<App>,
    member: Member,
    Params(query): Params<Query>,
) -> Result<Response> {
    let (placed, total) =
        everywhere::list(&app, &member.caller, &query.which(), (query.from(), PAGE)).await?;
    let rules = rows(&app, &member, &placed).await?;
    let chrome = member.chrome(&app);
    let page = RulesPage {
        filters: query.filters(&chrome.t),
        pager: query.pager(&href::rules(), PAGE, rules.len(), total),
        query: query.q,
        rules,
        may_add: member.caller.may_somewhere(Action::ManageRules),
        chrome,
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize, Default)]
pub(super) struct RunsQuery {
    #[serde(default)]
    state: String,
    after: Option<String>,
}

/// GET /quality/rules/{id}/runs
pub(super) async fn runs(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<RunsQuery>,
) -> Result<Response> {
    let (asset, eyes, seen) = read::one(&app, &member.caller, id).await?;
    let verdict = Verdict::of_word(&query.state);
    let paging = Paging { cursor: query.after, limit: Some(50) };
    let page = read::results(&app, &member.caller, id, verdict.map(Verdict::as_str), &paging).await?;
    let rule = &seen.kept.facts.rule;
    let (unit, bound) = (shown::unit(rule), shown::bound(rule));
    let Course { points, .. } = course::of(&app, &seen, eyes).await?;
    let run = |told: &Told| RuleRun {
        due: told.due,
        at: told.at,
        verdict: shown::verdict(&told.verdict),
        value: shown::value(rule, told).map(|value| Measure::new(value, unit)),
        bound,
        failing: told.failing.zip(told.rows),
        took_ms: None,
        why: told.message.clone(),
        held: shown::held(told),
        by_watermark: false,
        by: Message::new(match told.why.as_str() {
            "schedule" => "rule-by-schedule",
            "update" => "rule-by-update",
            _ => "rule-by-hand",
        }),
        who: None,
        task: None,
    };
    let here = href::with_query(href::rule_runs(id), "state", &query.state);
    let runs: Vec<RuleRun> = page.items.iter().map(run).collect();
    let view = RuleRunsPage {
        chrome: member.chrome(&app),
        dataset: lineage::dataset_link(&app, &member.caller, asset.id).await?,
        rule: shown::row(&seen, eyes, seen.owner.as_ref(), None, app.now()),
        verdict,
        points,
        unit,
        pager: Pager {
            shown: i64::try_from(runs.len()).unwrap_or(0),
            total: None,
            previous: None,
            next: page.next.map(|cursor| href::with_query(here, "after", &cursor)),
        },
        runs,
        may_see_rows: member.caller.may(Action::SeeValues, &asset.resource()),
    };
    html(&member.visitor, &view)
}

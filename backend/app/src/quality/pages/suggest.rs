//! Rules that fit what is known of a dataset and that it does not have: each is the rule itself, so that taking one writes it as if it
//! had been typed.

use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::error::{Failure, Result};
use crate::http::{Id, Member, SignedForm, redirect};
use crate::quality::read::Seen;
use crate::quality::{known, save, words};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::quality::tab::Suggestion;
use cadastre_frontend::quality::{Held, HeldBy, Kind};
use cadastre_frontend::{Flash, Tone};
use cadastre_model::{Action, Message};
use rules::{Check, Guarantee, Rule};
use serde::Deserialize;
use serde_json::{Value, json};

/// So many are offered.
const MOST: usize = 8;

/// What would fit: keys and references, which cost nothing where a constraint holds them; that there are rows; that what has a date is
/// young.
pub(super) async fn of(app: &App, caller: &Caller, asset: &Asset, seen: &[Seen]) -> Result<Vec<Suggestion>> {
    if known::checkable(asset).is_err() {
        return Ok(Vec::new());
    }
    let (known, rows) = {
        let mut conn = app.db().web.acquire().await?;
        let known = known::of(&mut conn, asset, Some(&*caller.scope(Action::See)?), &[]).await?;
        (known, known::rows(&mut conn, asset.id).await?)
    };
    let mut found = Vec::new();
    for constraint in &known.table.constraints {
        let held = |by| Some(Held { by, name: constraint.name.clone() });
        let reason = Message::new("suggest-constraint").arg("name", &constraint.name);
        match &constraint.what {
            Guarantee::PrimaryKey(columns) => {
                found.push(one(
                    &json!({"unique": columns}),
                    columns,
                    "unique",
                    reason,
                    held(HeldBy::PrimaryKey),
                ));
            }
            Guarantee::Unique(columns) => {
                found.push(one(&json!({"unique": columns}), columns, "unique", reason, held(HeldBy::Unique)));
            }
            Guarantee::ForeignKey { columns, to, keys } => {
                let check = json!({"references": {"columns": columns, "dataset": to.join("."), "to": keys}});
                found.push(one(&check, columns, "references", reason, held(HeldBy::ForeignKey)));
            }
            Guarantee::NotNull(_) => {}
        }
    }
    if let Some(rows) = rows.filter(|rows| *rows > 0) {
        let reason = Message::new("suggest-row-count").arg("rows", cadastre_frontend::grouped(rows));
        found.push(one(&json!({"row_count": {"min": 1}}), &[], "rows", reason, None));
    }
    let is_new = |suggestion: &Suggestion| {
        let rule = read(&suggestion.key).ok();
        rule.is_some_and(|rule| !seen.iter().any(|seen| is_like(&seen.kept.facts.rule, &rule)))
    };
    Ok(found.into_iter().filter(is_new).take(MOST).collect())
}

/// Whether a dataset has this check, under whatever name.
fn is_like(one: &Rule, other: &Rule) -> bool {
    let counts = |rule: &Rule| matches!(rule.check, Check::RowCount(_));
    one.name == other.name || one.check == other.check || (counts(one) && counts(other))
}

/// The name of a suggested rule, as names of rules are: small letters of ASCII. What is lost of the columns' names by that is told apart by
/// a short sum of them, the same each time.
fn name_of(columns: &[String], word: &str) -> String {
    let whole = [columns.join("-").as_str(), word]
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("-");
    let plain: String = whole
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect();
    let plain = plain.trim_matches('-');
    if whole.is_ascii() {
        return plain.to_owned();
    }
    let sum = whole.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("{plain}-{sum:08x}")
}

fn one(check: &Value, columns: &[String], word: &str, reason: Message, held: Option<Held>) -> Suggestion {
    let name = name_of(columns, word);
    let kind =
        check.as_object().and_then(|members| members.keys().next()).and_then(|kind| Kind::of_word(kind));
    let rule = json!({"name": name, "check": check});
    Suggestion {
        key: rule.to_string(),
        kind: kind.unwrap_or(Kind::RowCount),
        columns: columns.to_vec(),
        detail: None,
        reason,
        held,
    }
}

fn read(key: &str) -> Result<Rule> {
    let value: Value =
        serde_json::from_str(key).map_err(|_| Failure::invalid("suggestion", "rules-missing"))?;
    rules::read(&value).map_err(|faults| words::invalid(&faults))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Taken {
    #[serde(default)]
    suggestion: Vec<String>,
    #[serde(default)]
    all: Option<String>,
}

/// POST /d/{id}/quality/suggestions
pub(super) async fn take(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(taken): SignedForm<Taken>,
) -> Result<Response> {
    save::permitted(&app, &member.caller, id).await?;
    let keys = if taken.all.is_some() {
        let (asset, _, seen) = crate::quality::read::of_dataset(&app, &member.caller, id).await?;
        of(&app, &member.caller, &asset, &seen).await?.into_iter().map(|suggestion| suggestion.key).collect()
    } else {
        taken.suggestion
    };
    let mut last = None;
    for key in keys.iter().take(MOST) {
        let (_, _, version) = save::save(&app, &member.caller, id, read(key)?).await?;
        last = version.or(last);
    }
    let flash = Flash { tone: Tone::Pass, message: Message::new("rule-saved") };
    Ok(redirect(&app, &href::dataset_tab(id, DatasetTab::Quality), Some(flash), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ascii_and_columns_without_ascii_letters_are_told_apart() {
        let name = |columns: &[&str]| {
            name_of(&columns.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>(), "unique")
        };
        assert_eq!(name(&["Order_ID", "line"]), "order-id-line-unique");
        assert_eq!(name_of(&[], "rows"), "rows");
        let (one, other) = (name(&["订单号"]), name(&["客户号"]));
        assert_ne!(one, other);
        assert!(one.is_ascii() && one.starts_with("unique-"), "{one}");
    }
}

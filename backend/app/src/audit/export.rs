//! The audit trail as CSV (RFC 4180), streamed. A cell that a spreadsheet would take for a formula is made text.

use crate::access::Caller;
use crate::app::App;
use crate::audit::entries::{self, Entry, Filter};
use crate::audit::{Event, note};
use crate::error::Result;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use cadastre_access::Permit;
use cadastre_model::Action;
use chrono::SecondsFormat;
use futures::stream;

/// How many rows are read at a time.
const CHUNK: i64 = 500;

const HEADER: &str =
    "at,what,kind,person,person_id,via,token,address,request_id,reason,assets,asset_count,detail,id\r\n";

/// What tells spreadsheets that the file is UTF-8.
const BOM: &str = "\u{feff}";

/// All entries that meet the filter, newest first. Taking them out is noted before the first byte leaves.
///
/// # Errors
/// `Forbidden` for who may not read the audit trail.
pub(super) async fn csv(
    app: &App,
    caller: &Caller,
    event: Event,
    filter: Filter,
    bom: bool,
) -> Result<Response> {
    let _: Permit = caller.permit_on_register(Action::SeeAudit)?;
    let scope = caller.scope(Action::See)?;
    let event = event
        .by(caller.person())
        .with("person", filter.person.map(|id| id.to_string()))
        .with("kind", filter.kind.clone())
        .with("from", filter.from.map(|at| at.to_rfc3339()))
        .with("to", filter.to.map(|at| at.to_rfc3339()));
    note(app, &event).await?;

    let head = if bom { format!("{BOM}{HEADER}") } else { HEADER.to_owned() };
    let start = (app.db().web.clone(), scope, filter, None, Some(head), true);
    let chunks = stream::try_unfold(start, |(db, scope, filter, after, head, more)| async move {
        if !more {
            return Ok::<_, crate::error::Failure>(None);
        }
        let rows = entries::read(&db, &scope, &filter, after, CHUNK).await?;
        let mut text = head.unwrap_or_default();
        rows.iter().for_each(|entry| push_entry(&mut text, entry));
        let after = rows.last().map(Entry::key).or(after);
        let more = i64::try_from(rows.len()).is_ok_and(|count| count == CHUNK);
        Ok(Some((Bytes::from(text), (db, scope, filter, after, None, more))))
    });
    let mut response = Body::from_stream(chunks).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\""));
    Ok(response)
}

fn push_entry(text: &mut String, entry: &Entry) {
    let words = |text: &Option<String>| text.clone().unwrap_or_default();
    let what = match entry.what {
        entries::EntryKind::Change => "change",
        entries::EntryKind::Event => "event",
    };
    let assets: Vec<String> =
        entry.assets.iter().map(|asset| format!("{} {} {}", asset.kind, asset.id, asset.name)).collect();
    let cells = [
        entry.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        what.to_owned(),
        entry.kind.clone(),
        entry.person.as_ref().map(|who| who.name.clone()).unwrap_or_default(),
        entry.person.as_ref().map(|who| who.id.to_string()).unwrap_or_default(),
        words(&entry.via),
        words(&entry.token),
        words(&entry.address),
        words(&entry.request_id),
        words(&entry.reason),
        assets.join("\n"),
        entry.asset_count.to_string(),
        entry.detail.to_string(),
        entry.id.map(|id| id.to_string()).unwrap_or_default(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell. What a spreadsheet would calculate gets a `'` before it.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_calculate_is_text() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\nb", "\"a\nb\""),
            ("客户", "客户"),
            ("", ""),
        ] {
            assert_eq!(quoted(cell), expected, "{cell:?}");
        }
    }
}

//! Lists as CSV (RFC 4180, UTF-8 with a mark, so that spreadsheets read Chinese). A cell that a spreadsheet would take for
//! a formula is made text by an apostrophe.

use super::dataset::Column;
use super::search::{self, Filters, Sort};
use super::texts::Said;
use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use crate::http::Paging;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use cadastre_model::{Language, Origin, TextField};
use std::borrow::Cow;

/// More rows than this are not exported: the list says how many there are.
const MOST_ROWS: usize = 50_000;

/// One record.
pub(crate) fn line(out: &mut String, cells: &[Cow<'_, str>]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let cell = harmless(cell);
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// A cell that can't be taken for a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// What a file begins with: UTF-8.
pub(crate) const START: &str = "\u{feff}";

/// The columns of a dataset.
pub(super) fn columns(columns: &[Column]) -> String {
    let mut out = START.to_owned();
    let heads = [
        "ordinal",
        "name",
        "type",
        "nullable",
        "default",
        "sensitivity",
        "display_name_en",
        "display_name_zh",
    ];
    let heads: Vec<Cow<'_, str>> =
        heads.into_iter().chain(["description_en", "description_zh"]).map(Into::into).collect();
    line(&mut out, &heads);
    for column in columns {
        let text = |field, language| Cow::Borrowed(shown(&column.texts, field, language));
        let cells = [
            column.ordinal.to_string().into(),
            column.name().into(),
            column.type_written.as_str().into(),
            if column.nullable { "yes".into() } else { "no".into() },
            column.default.as_deref().unwrap_or_default().into(),
            column.sensitivity.map_or("", cadastre_model::Sensitivity::as_str).into(),
            text(TextField::DisplayName, Language::En),
            text(TextField::DisplayName, Language::Zh),
            text(TextField::Description, Language::En),
            text(TextField::Description, Language::Zh),
        ];
        line(&mut out, &cells);
    }
    out
}

/// A person's word before the source's.
fn shown(said: &[Said], field: TextField, language: Language) -> &str {
    let of = said.iter().filter(|said| said.field == field && said.language == language);
    of.min_by_key(|said| said.origin != Origin::Person).map_or("", |said| said.body.as_str())
}

/// What a search finds, and how many rows that are.
///
/// # Errors
/// As [`search::search`].
pub(super) async fn search(
    app: &App,
    caller: &Caller,
    filters: &Filters,
    sort: Sort,
) -> Result<(String, usize)> {
    let mut out = START.to_owned();
    let heads = [
        "id",
        "path",
        "name",
        "display_name",
        "kind",
        "columns",
        "rows",
        "sensitivity",
        "owner",
        "description",
    ];
    line(&mut out, &heads.map(Into::into));
    let mut paging = Paging { cursor: None, limit: Some(200) };
    let mut rows = 0;
    loop {
        let page = search::search(app, caller, filters, sort, &paging).await?;
        for hit in &page.items {
            let row = &hit.dataset;
            let cells = [
                row.named.public_id.to_string().into(),
                row.named.path.join(" / ").into(),
                row.named.name.as_str().into(),
                row.named.display_name.as_deref().unwrap_or_default().into(),
                row.kind.as_str().into(),
                row.columns.to_string().into(),
                row.rows.map(|rows| rows.to_string()).unwrap_or_default().into(),
                row.sensitivity.as_str().into(),
                row.owner.as_deref().unwrap_or_default().into(),
                row.description.as_deref().unwrap_or_default().into(),
            ];
            line(&mut out, &cells);
        }
        rows += page.items.len();
        paging.cursor = page.next;
        if paging.cursor.is_none() || rows >= MOST_ROWS {
            return Ok((out, rows));
        }
    }
}

/// A file to keep.
pub(crate) fn answer(name: &'static str, text: &str) -> Response {
    let mut response = text.to_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_leaves_its_place() {
        let mut out = String::new();
        line(&mut out, &["=1+1".into(), "a,\"b\"\nc".into(), "@x".into(), "-1".into(), "plain".into()]);
        assert_eq!(out, "'=1+1,\"a,\"\"b\"\"\nc\",'@x,'-1,plain\r\n");
    }
}

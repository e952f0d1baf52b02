//! The forms that stand on the pages, as a browser would send them: so that a write is tried with its own fields.

use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;

/// The fields of a form, without its token.
pub(super) type Fields = Vec<(String, String)>;

/// The forms of a page that are sent by POST: target to fields. A state that the form was made from has passed by.
pub(super) fn on(page: &str) -> BTreeMap<String, Fields> {
    let forms = Selector::parse("form[method=post]").expect("a selector");
    let fields = Selector::parse("input, select, textarea, button[name]").expect("a selector");
    let html = Html::parse_document(page);
    html.select(&forms)
        .filter_map(|form| {
            let target = form.value().attr("action")?.split('?').next()?.to_owned();
            Some((target, form.select(&fields).filter_map(field).collect()))
        })
        .collect()
}

fn field(element: ElementRef<'_>) -> Option<(String, String)> {
    let tag = element.value();
    let name = tag.attr("name").filter(|name| *name != "csrf")?;
    let kind = tag.attr("type").unwrap_or_default();
    if matches!(kind, "checkbox" | "radio") && tag.attr("checked").is_none() {
        return None;
    }
    let value = match tag.name() {
        "select" => chosen(element),
        "textarea" => element.text().collect::<String>().trim_start().to_owned(),
        _ => tag.attr("value").unwrap_or_default().to_owned(),
    };
    Some((name.to_owned(), if name == "counter" { "-1".to_owned() } else { value }))
}

fn chosen(select: ElementRef<'_>) -> String {
    let options = Selector::parse("option").expect("a selector");
    let all: Vec<_> = select.select(&options).collect();
    let chosen = all.iter().find(|option| option.value().attr("selected").is_some()).or(all.first());
    chosen.and_then(|option| option.value().attr("value")).unwrap_or_default().to_owned()
}

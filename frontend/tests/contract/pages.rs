//! Every page, drawn with every sample in both languages, and read back as a browser would.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Write as _;
use std::sync::LazyLock;

use cadastre_frontend::samples::{self, HOSTILE, Sample};
use cadastre_frontend::{Language, asset, asset_names, asset_url};
use scraper::{ElementRef, Html, Selector};

fn every(mut check: impl FnMut(&str, &Sample, &Html)) {
    for (name, sample) in ALBUM.iter() {
        check(name, sample, &Html::parse_document(&sample.html));
    }
}

/// Drawn once for all tests: page, sample and language as the name.
static ALBUM: LazyLock<Vec<(String, Sample)>> = LazyLock::new(|| {
    let drawn = |language| samples::all(language).unwrap().into_iter().map(move |sample| (language, sample));
    let both = drawn(Language::En).chain(drawn(Language::Zh));
    both.map(|(language, sample)| (format!("{} {} {language}", sample.page, sample.name), sample)).collect()
});

fn find<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn is_fragment(sample: &Sample) -> bool {
    !sample.html.contains("<!doctype html>")
}

#[test]
fn a_page_has_one_heading_a_language_and_a_title() {
    every(|name, sample, html| {
        assert!(find(html, "h1").len() == 1 || sample.name == "live", "{name}: h1");
        if is_fragment(sample) {
            return;
        }
        let lang = find(html, "html")[0].attr("lang").unwrap_or_default().to_owned();
        assert_eq!(lang, if name.ends_with("zh") { "zh-Hans" } else { "en" }, "{name}");
        let title: String = find(html, "title")[0].text().collect();
        assert!(title.ends_with(" · Cadastre") && title.len() > 12, "{name}: {title}");
        assert_eq!(find(html, "main#main").len(), 1, "{name}: main");
    });
}

#[test]
fn a_fragment_is_the_inner_part_of_its_page() {
    let html = |name: &str| {
        let found = ALBUM.iter().find(|(_, sample)| sample.page == "search" && sample.name == name);
        Html::parse_document(&found.unwrap().1.html)
    };
    let (page, fragment) = (html("full"), html("fragment"));
    assert_eq!(find(&page, "#page")[0].html(), find(&fragment, "#page")[0].html());
    assert_eq!(find(&page, "title")[0].html(), find(&fragment, "title")[0].html());
    assert!(find(&fragment, "nav.nav, header.top, link, script").is_empty());
}

#[test]
fn no_key_is_missing() {
    every(|name, sample, _| {
        if let Some(i) = sample.html.find('⟦') {
            panic!("{name}: {}", sample.html[i..].chars().take(60).collect::<String>());
        }
    });
}

#[test]
fn no_sample_becomes_markup() {
    every(|name, sample, html| {
        assert!(!sample.html.contains("<script>"), "{name}");
        assert!(!sample.html.contains("onerror=alert(1)>") || !sample.html.contains("<img"), "{name}");
        assert!(
            find(html, "img, iframe, object, embed, [onerror], [onload], [onclick], [style], style")
                .is_empty(),
            "{name}"
        );
        for link in find(html, "a[href]") {
            let href = link.attr("href").unwrap_or_default();
            let fine =
                ["/", "#", "?", "https://", "http://", "mailto:"].iter().any(|start| href.starts_with(start));
            assert!(fine && !href.starts_with("//"), "{name}: {href}");
        }
    });
}

#[test]
fn every_page_has_a_hostile_sample() {
    let mut seen = BTreeMap::<&str, bool>::new();
    for sample in samples::all(Language::En).unwrap() {
        let marks = sample.html.contains("alert(&#39;x&#39;)");
        *seen.entry(sample.page).or_default() |= marks;
    }
    assert!(HOSTILE.contains("alert('x')"));
    let without: Vec<_> = seen.iter().filter(|(_, marks)| !**marks).map(|(page, _)| *page).collect();
    // Nothing on these comes from a person or a source.
    assert_eq!(
        without,
        ["roles"].iter().filter(|page| seen.contains_key(**page)).copied().collect::<Vec<_>>()
    );
}

#[test]
fn every_field_has_a_label_and_every_id_is_there_once() {
    every(|name, _, html| {
        let mut ids = HashSet::new();
        for element in find(html, "[id]") {
            assert!(
                ids.insert(element.attr("id").unwrap().to_owned()),
                "{name}: id {:?} twice",
                element.attr("id")
            );
        }
        let labels: HashSet<String> = find(html, "label[for]")
            .iter()
            .filter_map(|label| label.attr("for"))
            .map(str::to_owned)
            .collect();
        for label in &labels {
            assert!(ids.contains(label), "{name}: label for {label}");
        }
        let inside: HashSet<_> =
            find(html, "label input, label select, label textarea").iter().map(|field| field.id()).collect();
        for field in find(html, "input:not([type=hidden]), select, textarea") {
            let labelled = field.attr("id").is_some_and(|id| labels.contains(id));
            assert!(labelled || inside.contains(&field.id()), "{name}: {}", field.html());
        }
        for described in find(html, "[aria-describedby]") {
            assert!(
                ids.contains(described.attr("aria-describedby").unwrap()),
                "{name}: {}",
                described.html()
            );
        }
        for link in find(html, "a[href^='#']") {
            assert!(ids.contains(&link.attr("href").unwrap()[1..]), "{name}: {}", link.html());
        }
    });
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    every(|name, _, html| {
        for form in find(html, "form") {
            let fields = Selector::parse("input[type=hidden][name=csrf]").unwrap();
            let carries = form.select(&fields).count();
            let posts = form.attr("method") == Some("post");
            assert_eq!(carries, usize::from(posts), "{name}: {:?}", form.attr("action"));
            assert!(
                form.attr("action").is_some_and(|action| action.starts_with('/')),
                "{name}: a form without a target"
            );
            let submits = Selector::parse("button:not([type=button]), input[type=submit]").unwrap();
            assert!(
                form.select(&submits).count() > 0
                    || form.attr("role") == Some("search")
                    || form.ancestors().any(is_dialog),
                "{name}: no button"
            );
        }
        assert!(find(html, "form form").is_empty(), "{name}: a form in a form");
    });
}

fn is_dialog(node: ego_tree::NodeRef<'_, scraper::Node>) -> bool {
    ElementRef::wrap(node).is_some_and(|element| element.value().name() == "dialog")
}

#[test]
fn every_symbol_on_a_page_is_carried_by_it() {
    every(|name, sample, html| {
        let carried: BTreeSet<String> =
            find(html, "symbol").iter().filter_map(|s| s.attr("id")).map(|id| format!("#{id}")).collect();
        let used: BTreeSet<String> =
            find(html, "use").iter().filter_map(|u| u.attr("href")).map(str::to_owned).collect();
        if sample.name != "live" {
            assert_eq!(carried, used, "{name}");
        }
    });
}

#[test]
fn tables_keep_their_roles_when_they_become_cards() {
    every(|name, _, html| {
        for table in find(html, "table.stack") {
            assert_eq!(table.attr("role"), Some("table"), "{name}");
            for (selector, role) in [("tr", "row"), ("th[scope=col]", "columnheader")] {
                for part in table.select(&Selector::parse(selector).unwrap()) {
                    assert_eq!(part.attr("role"), Some(role), "{name}: {}", part.html());
                }
            }
        }
    });
}

#[test]
fn nothing_is_named_by_colour_alone() {
    every(|name, _, html| {
        for status in find(html, ".st") {
            let word: String = status.text().collect();
            assert!(!word.trim().is_empty(), "{name}: a status without a word");
            assert_eq!(
                status.select(&Selector::parse("svg").unwrap()).count(),
                1,
                "{name}: a status without a shape"
            );
        }
        for button in find(html, "button, a, summary") {
            let word: String = button.text().collect();
            assert!(
                !word.trim().is_empty() || button.attr("aria-label").is_some(),
                "{name}: {}",
                button.html()
            );
        }
    });
}

fn gz(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn pages_and_assets_keep_their_weight() {
    every(|name, sample, _| {
        let weight = gz(sample.html.as_bytes());
        assert!(weight <= 60_000, "{name}: {weight} bytes");
    });
    let weigh = |extension: &str| -> usize {
        asset_names()
            .filter(|name| name.ends_with(extension))
            .map(|name| gz(&asset(asset_url(name).trim_start_matches("/_/")).unwrap().0))
            .sum()
    };
    assert!(weigh(".css") <= 15_000, "css {}", weigh(".css"));
    assert!(weigh(".js") <= 40_000, "js {}", weigh(".js"));
}

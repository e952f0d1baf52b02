//! The rule editor: each kind, as text, with faults, with a dry-run.

use super::rules::{orders, rows};
use crate::jobs::code::Code;
use crate::quality::editor::{Compiled, DryRun, Edited, FaultRow, RuleEditorPage};
use crate::quality::fields::fields;
use crate::quality::rows::Rows;
use crate::quality::{Bound, Held, HeldBy, Kind, Measure, RuleState, Unit, Verdict};
use crate::samples::catalog::somebody;
use crate::samples::{Album, HOSTILE, at, id};
use crate::{Choice, Form, Message, RenderError};

fn yaml(text: &str) -> String {
    format!(
        "dataset: shop_prod.shop.sales.fct_orders\nrules:\n  - name: net-is-gross-less-discount\n    title: {text}\n    \
         check:\n      compare:\n        left: net_amount\n        operator: \"=\"\n        right: gross_amount - \
         discount_amount\n        within: 0.01\n    where: order_date >= '2019-01-01'\n    tolerance: {{ warn: 0.1 %, \
         fail: 0.5 % }}\n    severity: high\n    schedule: after update\n    owner: sales-steward\n"
    )
}

fn sql(text: &str) -> Code {
    let sql = format!(
        "SELECT count(*) AS rows,\n       count(*) FILTER (WHERE NOT\n         abs(net_amount - (gross_amount - \
         discount_amount))\n           <= 0.01) AS failing\n  FROM sales.fct_orders\n WHERE order_date >= '2019-01-01'\n -- \
         {text}"
    );
    Code::of_text(&sql, &[], &[])
}

fn typed(text: &str) -> Form {
    Form::new("rule")
        .with("name", "net-is-gross-less-discount")
        .with("title", text)
        .with("left", "net_amount")
        .with("operator", "=")
        .with("right", "gross_amount - discount_amount")
        .with("within", "0.01")
        .with("where", "order_date >= '2019-01-01'")
        .with("warn", "0.1 %")
        .with("fail", "0.5 %")
        .with("severity", "high")
        .with("schedule", "after_update")
        .with("zone", "Asia/Shanghai")
        .with("owner", "sales-steward")
}

fn compiled(text: &str, held: bool) -> Compiled {
    Compiled {
        sql: if held { Vec::new() } else { vec![sql(text)] },
        dialect: "PostgreSQL 17".to_owned(),
        held: held.then(|| Held { by: HeldBy::NotNull, name: text.to_owned() }),
        reads: Some((4, 10)),
        rows: Some(48_211_903),
        account: Some("cadastre_quality".to_owned()),
        limit_ms: 60_000,
    }
}

fn dry(text: &str, verdict: Verdict) -> DryRun {
    let is_error = verdict == Verdict::Error;
    DryRun {
        verdict,
        value: (!is_error).then_some(Measure::new(0.0314, Unit::Share)),
        bound: Bound { unit: Unit::Share, high: Some(0.005), ..Bound::default() },
        failing: (!is_error).then_some((1_512_480, 48_211_903)),
        took_ms: 4_100,
        at: at(5),
        why: is_error.then(|| Message::new("rules-why-failed").arg("reason", "statement timeout")),
        detail: is_error.then(|| format!("57014 {text}")),
        rows: if is_error { Rows::None } else { rows(text) },
    }
}

fn page(album: &Album, text: &str) -> RuleEditorPage {
    RuleEditorPage {
        chrome: album.chrome("/quality/rules/x"),
        rule: Some(Edited {
            id: id(2001),
            shown: text.to_owned(),
            version: 4,
            state: RuleState::Failing,
            runs: super::rules::rules(text, false).swap_remove(1).runs,
            changed: Some((Some(somebody(text)), at(90_000))),
            datasets: None,
            may_retire: true,
        }),
        dataset: Some(orders("fct_orders")),
        columns: ["order_id", "gross_amount", "net_amount", text].map(str::to_owned).to_vec(),
        is_text: false,
        kind: Kind::Compare,
        form: typed(text),
        yaml: yaml(text),
        faults: Vec::new(),
        compiled: Some(compiled(text, false)),
        dry: None,
        selected: None,
        owners: vec![Choice::new("steward", text)],
        may_save: true,
        may_run: true,
        may_sql: true,
    }
}

fn new(album: &Album, kind: Kind) -> RuleEditorPage {
    RuleEditorPage {
        chrome: album.chrome("/quality/rules/new"),
        rule: None,
        dataset: Some(orders("fct_orders")),
        kind,
        form: Form::new("rule").with("severity", "medium").with("schedule", "on_request"),
        yaml: String::new(),
        compiled: None,
        ..page(album, "channel")
    }
}

fn faults(album: &Album, text: &str, is_text: bool) -> RuleEditorPage {
    let fault = |field, at: &str, line, key: &'static str| FaultRow {
        field,
        at: at.to_owned(),
        line,
        what: Message::new(key).arg("column", text).arg("word", text).arg("known", "low, medium, high"),
    };
    let faults = vec![
        fault(Some("right"), "check.compare.right", None, "rules-no-column"),
        fault(Some("severity"), "severity", Some(17), "rules-unknown-word"),
        fault(None, "", None, "rules-missing"),
    ];
    let form = typed(text)
        .wrong("right", Message::new("rules-no-column").arg("column", text))
        .wrong("severity", Message::new("rules-unknown-word").arg("word", text).arg("known", "low"));
    let form = if is_text { Form::new("rule").wrong("yaml", "rules-missing") } else { form };
    RuleEditorPage { faults, form, is_text, compiled: None, ..page(album, text) }
}

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    let title = "Net amount is gross less discount";
    let mut nowhere = new(album, Kind::NotNull);
    (nowhere.dataset, nowhere.may_run) = (None, false);
    let mut many = page(album, title);
    many.form = many.form.with("for", "many").with("select_name", "shop_prod.*");
    many.selected = Some((12, vec![orders("fct_orders"), orders("fct_refunds")]));
    let mut held = new(album, Kind::NotNull);
    (held.compiled, held.yaml) = (Some(compiled("net_amount", true)), yaml("held"));
    let text = RuleEditorPage { is_text: true, ..page(album, title) };
    let run = RuleEditorPage { dry: Some(dry("channel", Verdict::Fail)), ..page(album, title) };
    let stopped = RuleEditorPage { dry: Some(dry("channel", Verdict::Error)), ..page(album, title) };
    let hostile = RuleEditorPage {
        dry: Some(dry(HOSTILE, Verdict::Fail)),
        compiled: Some(compiled(HOSTILE, false)),
        ..faults(album, HOSTILE, false)
    };
    let samples = [
        ("empty", nowhere),
        ("full", run),
        ("stopped", stopped),
        ("text", text),
        ("faults", faults(album, "net_amout", false)),
        ("text-faults", faults(album, "net_amout", true)),
        ("many", many),
        ("held", held),
        ("hostile", hostile),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("rule-editor", name, view))?;
    for kind in Kind::ALL {
        let mut view = new(album, *kind);
        for field in fields(*kind) {
            view.form = view.form.with(field.name, HOSTILE);
        }
        album.add("rule-editor-kind", kind.as_str(), &view)?;
    }
    Ok(())
}

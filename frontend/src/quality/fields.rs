//! Which fields a kind of check has, and where in the form a fault of the language belongs.

use crate::quality::{CastTo, Kind, Named, Operator, Past, Step};
use crate::{Choice, T};

/// A field of a check. Its label has the key `rule-field-{name}`, its hint `rule-hint-{name}` where [`Field::has_hint`].
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name in the form.
    pub name: &'static str,
    /// How it is typed.
    pub control: Control,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether there is a hint.
    pub has_hint: bool,
}

impl Field {
    /// The key of its label.
    #[must_use]
    pub fn label_key(&self) -> String {
        format!("rule-field-{}", self.name.replace('_', "-"))
    }

    /// Whether it takes the whole width.
    pub(crate) const fn is_wide(&self) -> bool {
        matches!(self.control, Control::Mono | Control::Columns)
    }

    pub(crate) const fn offers_columns(&self) -> bool {
        matches!(self.control, Control::Column | Control::Columns)
    }

    /// The key of its hint.
    #[must_use]
    pub fn hint_key(&self) -> String {
        format!("rule-hint-{}", self.name.replace('_', "-"))
    }
}

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// A column of the dataset: text with the columns offered.
    Column,
    /// Columns of the dataset, separated by commas.
    Columns,
    /// Text for machines: SQL, a pattern, a name at the source.
    Mono,
    /// A number, a number of rows or a share, a span: text.
    Figure,
    /// Several lines.
    Area,
    /// One of a closed set.
    Pick(Pick),
    /// Yes or no.
    Check,
}

/// Which closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the sets of `words`")]
pub enum Pick {
    Operator,
    Named,
    CastTo,
    Past,
    Step,
}

impl Pick {
    /// The choices; a set that may be left out begins with none.
    #[must_use]
    pub fn choices(self, t: &T) -> Vec<Choice> {
        let none = || vec![Choice::new("", t.s("rule-pick-none"))];
        match self {
            Self::Operator => {
                Operator::ALL.iter().map(|one| Choice::new(one.sign(), operator(t, *one))).collect()
            }
            Self::CastTo => CastTo::ALL.iter().map(|one| Choice::new(one.as_str(), t.w(one))).collect(),
            Self::Step => Step::ALL.iter().map(|one| Choice::new(one.as_str(), t.w(one))).collect(),
            Self::Named => {
                let words = Named::ALL.iter().map(|one| Choice::new(one.as_str(), t.w(one)));
                none().into_iter().chain(words).collect()
            }
            Self::Past => {
                let words = Past::ALL.iter().map(|one| Choice::new(one.as_str(), t.w(one)));
                none().into_iter().chain(words).collect()
            }
        }
    }
}

fn operator(t: &T, one: Operator) -> String {
    format!("{}  {}", one.sign(), t.w(&one))
}

const fn field(name: &'static str, control: Control) -> Field {
    Field { name, control, required: false, has_hint: false }
}

const fn needed(name: &'static str, control: Control) -> Field {
    Field { required: true, ..field(name, control) }
}

const fn hinted(of: Field) -> Field {
    Field { has_hint: true, ..of }
}

const COLUMN: Field = needed("column", Control::Column);
const MIN: Field = field("min", Control::Figure);
const MAX: Field = field("max", Control::Figure);
const ABOVE: Field = field("above", Control::Figure);
const BELOW: Field = field("below", Control::Figure);
const OPERATOR: Field = needed("operator", Control::Pick(Pick::Operator));

/// The fields of a kind, in their order.
#[must_use]
pub fn fields(kind: Kind) -> Vec<Field> {
    use Control::{Area, Check, Columns, Figure, Mono};
    match kind {
        Kind::NotNull => vec![COLUMN, field("blank", Check)],
        Kind::Unique => vec![hinted(needed("columns", Columns))],
        Kind::Accepted => vec![
            COLUMN,
            hinted(field("values", Area)),
            hinted(field("from_dataset", Mono)),
            field("from_column", Mono),
        ],
        Kind::Range => vec![COLUMN, hinted(MIN), hinted(MAX), ABOVE, BELOW],
        Kind::Length => vec![COLUMN, MIN, MAX],
        Kind::Pattern => {
            vec![COLUMN, field("named", Control::Pick(Pick::Named)), hinted(field("matches", Mono))]
        }
        Kind::Castable => vec![COLUMN, needed("to", Control::Pick(Pick::CastTo))],
        Kind::RowCount => vec![
            MIN,
            MAX,
            ABOVE,
            BELOW,
            field("against", Control::Pick(Pick::Past)),
            hinted(field("fall", Figure)),
            hinted(field("rise", Figure)),
        ],
        Kind::Freshness => {
            vec![COLUMN, hinted(needed("max_age", Figure)), hinted(field("age_zone", Mono))]
        }
        Kind::References => vec![
            hinted(needed("columns", Columns)),
            hinted(needed("to_dataset", Mono)),
            hinted(needed("to_columns", Mono)),
        ],
        Kind::Compare => vec![
            hinted(needed("left", Mono)),
            hinted(needed("right", Mono)),
            OPERATOR,
            hinted(field("within", Figure)),
        ],
        Kind::Aggregates => vec![
            hinted(needed("aggregate", Mono)),
            hinted(needed("right_aggregate", Mono)),
            hinted(field("right_dataset", Mono)),
            field("right_where", Mono),
            OPERATOR,
            hinted(field("within", Figure)),
        ],
        Kind::Schema => vec![hinted(needed("schema", Area)), field("ordered", Check), field("others", Check)],
        Kind::Metric => vec![hinted(needed("expression", Mono)), MIN, MAX, ABOVE, BELOW],
        Kind::Sql => vec![hinted(needed("query", Area))],
        Kind::GapFree => vec![COLUMN, needed("step", Control::Pick(Pick::Step))],
    }
}

/// The field of the form that a place of the language belongs to (`check.accepted.from.dataset`, `rules[0].tolerance.warn`);
/// `None`: the rule as a whole, or a field that the form of the kind does not have.
#[must_use]
pub fn field_at(kind: Kind, at: &str) -> Option<&'static str> {
    let plain: String =
        at.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".");
    let plain = plain.strip_prefix("rules.").unwrap_or(&plain);
    let Some(inside) = plain.strip_prefix("check") else { return of_rule(kind, plain) };
    let inside = inside.trim_start_matches('.');
    let inside = inside.strip_prefix(kind.as_str()).unwrap_or(inside).trim_start_matches('.');
    let name = match (kind, inside) {
        (Kind::Accepted, "from" | "from.dataset") => "from_dataset",
        (Kind::Accepted, "from.column") => "from_column",
        (Kind::References, "dataset") => "to_dataset",
        (Kind::References, "to") => "to_columns",
        (Kind::Freshness, "zone") => "age_zone",
        (Kind::Aggregates, "left") => "aggregate",
        (Kind::Aggregates, "right" | "right.aggregate") => "right_aggregate",
        (Kind::Aggregates, "right.dataset") => "right_dataset",
        (Kind::Aggregates, "right.where") => "right_where",
        (Kind::Schema, of) if of.starts_with("columns") => "schema",
        (_, of) => of,
    };
    let all = fields(kind);
    let found = all.iter().find(|field| field.name == name);
    // The short forms (`not_null: id`) have no member: what is wrong is their first field.
    found.or_else(|| all.first().filter(|_| inside.is_empty())).map(|field| field.name)
}

fn of_rule(kind: Kind, at: &str) -> Option<&'static str> {
    let pairs = [
        ("name", "name"),
        ("title", "title"),
        ("where", "where"),
        ("nulls", "nulls"),
        ("tolerance", "fail"),
        ("tolerance.warn", "warn"),
        ("tolerance.fail", "fail"),
        ("severity", "severity"),
        ("learned", "learned"),
        ("dimension", "dimension"),
        ("owner", "owner"),
        ("watermark", "watermark"),
        ("sample", "keep_rows"),
        ("correction", "correction"),
        ("schedule", "schedule"),
        ("schedule.cron", "cron"),
        ("schedule.zone", "zone"),
        ("dataset", "dataset"),
        ("datasets.name", "select_name"),
        ("datasets", "select_name"),
    ];
    let found = pairs.into_iter().find(|(place, _)| *place == at).map(|(_, name)| name);
    found.filter(|name| is_shown(kind, name))
}

/// Whether the form has the field of a rule, for a kind.
fn is_shown(kind: Kind, name: &str) -> bool {
    match name {
        "where" => kind.takes_where(),
        "nulls" => kind.looks_at_values(),
        "warn" | "fail" | "keep_rows" => kind.counts_rows(),
        "watermark" => kind.goes_by_watermark(),
        "learned" => kind.has_course(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_finds_its_field() {
        for (kind, at, name) in [
            (Kind::Range, "check.range.min", Some("min")),
            (Kind::Range, "rules[0].check.range.column", Some("column")),
            (Kind::NotNull, "check.not_null", Some("column")),
            (Kind::Accepted, "check.accepted.from.dataset", Some("from_dataset")),
            (Kind::Accepted, "check.accepted.values[3]", Some("values")),
            (Kind::Schema, "check.schema.columns[2].type", Some("schema")),
            (Kind::Aggregates, "check.aggregates.right.where", Some("right_where")),
            (Kind::Sql, "tolerance.warn", Some("warn")),
            (Kind::Sql, "schedule.cron", Some("cron")),
            (Kind::Metric, "tolerance.warn", None),
            (Kind::Range, "sample", Some("keep_rows")),
            (Kind::Sql, "rules[0]", None),
            (Kind::Sql, "", None),
        ] {
            assert_eq!(field_at(kind, at), name, "{at}");
        }
    }

    #[test]
    fn no_kind_has_a_field_twice_or_one_of_the_rule() {
        let of_the_rule = ["name", "title", "where", "nulls", "warn", "fail", "zone", "cron", "schedule"];
        for kind in Kind::ALL {
            let mut names: Vec<_> = fields(*kind).iter().map(|field| field.name).collect();
            assert!(names.iter().all(|name| !of_the_rule.contains(name)), "{kind:?}");
            names.sort_unstable();
            let before = names.len();
            names.dedup();
            assert_eq!(names.len(), before, "{kind:?}");
        }
    }
}

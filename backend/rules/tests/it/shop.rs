//! A dataset to write rules for.

use rules::{Column, Constraint, Dialect, Guarantee, Mark, Plan, Rule, Shape, Sort, Subject, Table, compile};
use serde_json::Value;
use std::collections::BTreeMap;

/// Orders, with a key, a unique number, a foreign key to customers.
pub(crate) struct Shop {
    pub(crate) orders: Table,
    pub(crate) others: BTreeMap<String, Table>,
    pub(crate) marks: BTreeMap<String, Mark>,
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn table(name: &str, columns: &[(&str, &str)]) -> Table {
    let column = |(name, written): &(&str, &str)| Column {
        name: (*name).to_owned(),
        written: (*written).to_owned(),
        sort: match *written {
            "mood" => Sort::Enumeration(names(&["good", "bad"])),
            written => Dialect::PostgreSql.sort_of(written),
        },
    };
    Table {
        path: names(&["shop", name]),
        columns: columns.iter().map(column).collect(),
        constraints: Vec::new(),
        shape: Shape::Plain,
    }
}

impl Shop {
    pub(crate) fn new() -> Self {
        let mut orders = table(
            "orders",
            &[
                ("id", "bigint"),
                ("number", "text"),
                ("customer", "integer"),
                ("state", "character varying(20)"),
                ("amount", "numeric(12,2)"),
                ("weight", "real"),
                ("paid", "boolean"),
                ("made", "timestamp without time zone"),
                ("seen", "timestamp with time zone"),
                ("day", "date"),
                ("mood", "mood"),
                ("extra", "json"),
                ("ref", "uuid"),
            ],
        );
        let constraint = |name: &str, what| Constraint { name: name.to_owned(), what };
        orders.constraints = vec![
            constraint("orders_pkey", Guarantee::PrimaryKey(names(&["id"]))),
            constraint("state", Guarantee::NotNull("state".to_owned())),
            constraint("orders_number", Guarantee::Unique(names(&["number"]))),
            constraint(
                "orders_customer",
                Guarantee::ForeignKey {
                    columns: names(&["customer"]),
                    to: names(&["shop", "customers"]),
                    keys: names(&["id"]),
                },
            ),
        ];
        let customers = table("customers", &[("id", "integer"), ("name", "text"), ("since", "date")]);
        Self { orders, others: BTreeMap::from([("customers".to_owned(), customers)]), marks: BTreeMap::new() }
    }

    /// The same, where the source holds nothing.
    pub(crate) fn unheld() -> Self {
        let mut shop = Self::new();
        shop.orders.constraints.clear();
        shop.orders.shape = Shape::View;
        shop
    }

    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            dialect: Dialect::PostgreSql,
            table: &self.orders,
            others: &self.others,
            now: chrono::DateTime::parse_from_rfc3339("2026-11-27T12:00:00Z").unwrap().to_utc(),
            marks: &self.marks,
        }
    }

    pub(crate) fn plan(&self, rules: &[Rule]) -> Plan {
        compile(rules, &self.subject())
    }
}

/// A rule of a check.
pub(crate) fn rule(name: &str, check: &Value) -> Rule {
    rule_of(&serde_json::json!({"name": name, "check": check}))
}

pub(crate) fn rule_of(value: &Value) -> Rule {
    rules::read(value).unwrap_or_else(|faults| panic!("{value} {faults:?}"))
}

/// The statements of a plan as they are run.
pub(crate) fn text(plan: &Plan) -> String {
    plan.statements().iter().map(|statement| format!("{};\n", statement.sql())).collect()
}

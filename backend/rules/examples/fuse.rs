//! The SQL of the twenty rules of the measured run: `fuse [held] RULES.yaml`. With `held`, the primary key is known to the compiler.

use rules::{Column, Constraint, Dialect, Document, Guarantee, Shape, Subject, Table, compile};
use std::collections::BTreeMap;
use std::io::{self, Write as _};

/// The columns of `orders` (`gen.sql` of the fixtures).
const ORDERS: [(&str, &str); 12] = [
    ("id", "bigint"),
    ("customer_id", "integer"),
    ("sku", "text"),
    ("email", "text"),
    ("status", "text"),
    ("amount", "numeric(12,2)"),
    ("qty", "integer"),
    ("discount", "double precision"),
    ("country", "character(2)"),
    ("created_at", "timestamp with time zone"),
    ("updated_at", "timestamp with time zone"),
    ("note", "text"),
];

fn table(name: &str, columns: &[(&str, &str)], constraints: Vec<Constraint>) -> Table {
    let columns = columns.iter().map(|(name, written)| Column {
        name: (*name).to_owned(),
        written: (*written).to_owned(),
        sort: Dialect::PostgreSql.sort_of(written),
    });
    Table {
        path: ["public", name].map(str::to_owned).to_vec(),
        columns: columns.collect(),
        constraints,
        shape: Shape::Plain,
    }
}

fn main() -> io::Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.pop().unwrap_or_default();
    let key =
        Constraint { name: "orders_pkey".to_owned(), what: Guarantee::PrimaryKey(vec!["id".to_owned()]) };
    let orders = table("orders", &ORDERS, if arguments == ["held"] { vec![key] } else { Vec::new() });
    let customers = table("customers", &[("id", "integer"), ("name", "text")], Vec::new());
    let documents = Document::read(&std::fs::read_to_string(file)?).map_err(|faults| {
        io::Error::other(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let (others, marks) = (BTreeMap::from([("customers".to_owned(), customers)]), BTreeMap::new());
    let subject = Subject {
        dialect: Dialect::PostgreSql,
        table: &orders,
        others: &others,
        // No rule of the run means a moving time.
        now: chrono::DateTime::UNIX_EPOCH,
        marks: &marks,
    };
    let plan = compile(documents.iter().flat_map(|document| &document.rules), &subject);
    for statement in plan.statements() {
        writeln!(io::stdout(), "{};", statement.sql())?;
    }
    Ok(())
}

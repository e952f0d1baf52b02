//! A dataset with every sort of column, another that it refers to, and their rows as texts.

use super::dice::Dice;
use ::rules::{Column, Constraint, Dialect, Guarantee, Shape, Sort, Subject, Table};
use chrono::{DateTime, TimeZone as _, Utc};
use std::collections::BTreeMap;

/// A name that somebody thought of.
pub(crate) const WEIRD: &str = "we\"ird \\col'; --";

/// The columns: name, type, values that occur.
pub(crate) const COLUMNS: &[(&str, &str, &[&str])] = &[
    ("k", "bigint", &[]),
    ("n", "integer", &["-3", "-1", "0", "1", "2", "3", "5", "8", "2147483647"]),
    ("m", "bigint", &["-3", "0", "1", "2", "3", "9007199254740993"]),
    ("d", "numeric", &["-1.5", "0", "0.1", "2.5", "100", "10000", "NaN", "Infinity", "-Infinity"]),
    ("f", "double precision", &["-1", "0", "0.1", "2.5", "1e300", "NaN", "Infinity", "-Infinity"]),
    ("r", "real", &["0.1", "0.5", "1.5", "-2", "NaN"]),
    ("b", "boolean", &["true", "false"]),
    ("s", "text", TEXTS),
    ("v", "character varying(8)", &["", " ", "a", "abc", "12345678", "ünï", "'", "\\"]),
    ("c", "character(4)", &["", "a", "ab", "abcd", "中文"]),
    (
        "day",
        "date",
        &["2024-02-29", "2026-01-01", "2026-01-02", "2026-01-04", "0001-01-01", "infinity", "-infinity"],
    ),
    ("ts", "timestamp without time zone", TIMES),
    ("at", "timestamp with time zone", TIMES),
    ("u", "uuid", &["00000000-0000-0000-0000-000000000000", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"]),
    ("e", "mood", &["ok", "so-so", "bad"]),
    ("q", "integer", &[]),
    ("pid", "integer", &["1", "2", "3"]),
    ("x", "integer", &["1", "2", "3", "4", "5"]),
    (WEIRD, "text", &["a", "b", "", "a'b", "\\"]),
];

const TIMES: &[&str] = &[
    "2026-01-01 00:00:00",
    "2026-01-01 12:30:00.000001",
    "2026-01-02 23:59:59.999999",
    "2024-02-29 01:02:03",
    "2026-03-01 00:00:00",
    "infinity",
    "-infinity",
];

/// Texts that somebody could have written, and some that nobody should.
pub(crate) const TEXTS: &[&str] = &[
    "",
    " ",
    " \t\n",
    "a",
    "A",
    "abc",
    "it's",
    "\"",
    "\\",
    "\\'",
    "'; DROP TABLE t; --",
    "$$",
    "$1",
    "%_",
    "E'\\''",
    "ünïcödé",
    "中文",
    "🦀🦀",
    "line\nbreak",
    "e\u{301}",
    "\u{202e}rtl",
    "0",
    "+7",
    "-0",
    "007",
    " 7",
    "7 ",
    "1.",
    ".5",
    "1e5",
    "1e999",
    "1e9999",
    "NaN",
    "Infinity",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "0000000000000000000000000000000000000001",
    "00000000000000000000000000000000000000001",
    "99999999999999999999999999999999999999999999999999",
    "١٢٣",
    "true",
    "FALSE",
    "Yes",
    "off",
    "of",
    "2024-02-29",
    "2023-02-29",
    "1900-02-29",
    "2000-02-29",
    "2026-13-01",
    "2026-04-31",
    "0000-01-01",
    "9999-12-31",
    "2026-1-1",
    "2026-01-01\n",
    "2026-01-01 12:00",
    "2026-01-01T12:00:00Z",
    "2026-01-01 12:00:00.123456+08:00",
    "2026-01-01 24:00:00",
    "2026-01-01 12:00:60",
    "now",
    "tomorrow",
    "Jan 5 2026",
    "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
    "{6f9619ff-8b86-d011-b42d-00cf4fc964ff}",
    "6f9619ff8b86d011b42d00cf4fc964ff",
    "a@b.co",
    "a@b",
    "A.B+c@x-y.example.com",
    "a b@c.de",
    "a@b.co\n",
    "@b.co",
    "a@-b.co",
    "127.0.0.1",
    "127.0.0.256",
    "01.2.3.4",
    "1.2.3",
    "::1",
    "::",
    ":::",
    "2001:db8::8a2e:370:7334",
    "2001:db8:0:0:0:8a2e:370:7334",
    "1:2:3:4:5:6:7::",
    "1:2:3:4:5:6:7:8:9",
    "::ffff:1.2.3.4",
    "1::2::3",
    "12345::",
    "fe80::1%eth0",
    "11010519491231002X",
    "11010519491231002x",
    "110105194912310021",
    "110105194913310021",
    "110105190002290020",
    "110105200002290029",
    "https://example.com/a?b=c#d",
    "http://",
    "javascript:alert(1)",
    "ftp://x",
    "https://a b",
    "+8613800138000",
    "13800138000",
    "12800138000",
    "+49 30 1234567",
    "+0123456789",
];

/// A row: the values of [`COLUMNS`] as texts.
pub(crate) type Row = Vec<Option<String>>;

/// The rows of two datasets.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) rows: Vec<Row>,
    /// The other dataset's rows: id, name.
    pub(crate) others: Vec<(Option<i64>, Option<String>)>,
}

/// What rules mean by now.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 10, 0, 0, 0).unwrap()
}

impl World {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let many = *dice.one(&[0, 1, 3, 20, 60, 150]);
        let rows = (0..many).map(|k| row(dice, k)).collect();
        let texts = ["a", "abc", "中文", "'", "\\"];
        let mut others: Vec<_> =
            [1, 2, 3].map(|id| (Some(id), Some((*dice.one(&texts)).to_owned()))).to_vec();
        // What nobody refers to, and nothing at all.
        others.push((None, None));
        Self { rows, others }
    }

    /// A row's value.
    pub(crate) fn value<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
        row[place(column)].as_deref()
    }

    pub(crate) fn table(&self) -> Table {
        let dialect = Dialect::PostgreSql;
        let columns = COLUMNS.iter().map(|(name, written, _)| Column {
            name: (*name).to_owned(),
            written: (*written).to_owned(),
            sort: match *written {
                "mood" => Sort::Enumeration(["ok", "so-so", "bad"].map(str::to_owned).to_vec()),
                written => dialect.sort_of(written),
            },
        });
        let one = |name: &str| vec![name.to_owned()];
        let constraint = |name: &str, what| Constraint { name: name.to_owned(), what };
        Table {
            path: vec!["hostile \"s".to_owned(), "t'x".to_owned()],
            columns: columns.collect(),
            constraints: vec![
                constraint("t_pkey", Guarantee::PrimaryKey(one("k"))),
                constraint("m", Guarantee::NotNull("m".to_owned())),
                constraint("t_q", Guarantee::Unique(one("q"))),
                constraint(
                    "t_pid",
                    Guarantee::ForeignKey {
                        columns: one("pid"),
                        to: vec!["hostile \"s".to_owned(), "p".to_owned()],
                        keys: one("id"),
                    },
                ),
            ],
            shape: Shape::Plain,
        }
    }

    pub(crate) fn table_without_constraints(&self) -> Table {
        let table = self.table();
        // Types say something too; a view's lengths and keys say nothing.
        let columns = table.columns.into_iter().map(|column| Column {
            sort: match column.sort {
                Sort::Enumeration(_) => Sort::Other,
                sort => sort,
            },
            ..column
        });
        Table { columns: columns.collect(), constraints: Vec::new(), shape: Shape::View, ..table }
    }

    pub(crate) fn others(&self) -> BTreeMap<String, Table> {
        let column = |name: &str, written: &str| Column {
            name: name.to_owned(),
            written: written.to_owned(),
            sort: Dialect::PostgreSql.sort_of(written),
        };
        let table = Table {
            path: vec!["hostile \"s".to_owned(), "p".to_owned()],
            columns: vec![column("id", "integer"), column("name", "text")],
            constraints: Vec::new(),
            shape: Shape::Plain,
        };
        BTreeMap::from([("p".to_owned(), table)])
    }

    pub(crate) fn subject<'a>(&self, table: &'a Table, others: &'a BTreeMap<String, Table>) -> Subject<'a> {
        static NONE: BTreeMap<String, ::rules::Mark> = BTreeMap::new();
        Subject { dialect: Dialect::PostgreSql, table, others, now: now(), marks: &NONE }
    }
}

pub(crate) fn place(column: &str) -> usize {
    COLUMNS.iter().position(|(name, ..)| *name == column).expect("a column")
}

fn row(dice: &mut Dice, k: i64) -> Row {
    let mut row: Row = COLUMNS
        .iter()
        .map(|(name, _, values)| match *name {
            "k" => Some(k.to_string()),
            "q" => Some((k * 3).to_string()).filter(|_| !dice.once_in(4)),
            "m" => Some((*dice.one(values)).to_owned()),
            _ => Some((*dice.one(values)).to_owned()).filter(|_| !dice.once_in(6)),
        })
        .collect();
    // Times that are often the same, so that there are twins.
    if dice.once_in(3) {
        row[place("at")] = row[place("ts")].clone();
    }
    row
}

//! Types: as PostgreSQL writes them, and what they hold.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use cadastre_model::ColumnType;
use tokio_postgres::types::Type;

use super::super::{DataType, SourceError};
use super::session::Session;
use super::text::text;

/// A type with its modifier (length, precision), as a column has it.
pub(super) type Written = (u32, i32);

/// The types that a database's columns have.
#[derive(Debug, Default)]
pub(super) struct Types {
    known: HashMap<u32, Known>,
    made: HashMap<Written, Arc<DataType>>,
}

/// A row of pg_type, as much as is needed.
#[derive(Debug)]
struct Known {
    name: String,
    system: bool,
    /// typtype: `b` base, `c` composite, `d` domain, `e` enum, `r` range, `m` multirange, `p` pseudo.
    sort: u8,
    category: u8,
    base: u32,
    element: u32,
    not_null: bool,
    labels: Vec<String>,
}

/// What a type leads to: the type below a domain, the elements of an array.
const CLOSURE: &str = "
    WITH RECURSIVE t AS (
        SELECT p.oid, p.typbasetype AS base, CASE p.typcategory WHEN 'A' THEN p.typelem ELSE 0 END AS element
        FROM pg_type p JOIN unnest($1) AS w(oid) ON w.oid = p.oid
        UNION
        SELECT p.oid, p.typbasetype, CASE p.typcategory WHEN 'A' THEN p.typelem ELSE 0 END
        FROM t JOIN pg_type p ON p.oid IN (t.base, t.element)
    )
    SELECT t.oid, p.typname::text, p.typnamespace = 'pg_catalog'::regnamespace, p.typtype::text, p.typcategory::text,
           t.base, t.element::oid, p.typnotnull,
           (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
    FROM t JOIN pg_type p ON p.oid = t.oid";

const WRITTEN: &str = "
    SELECT w.oid, w.modifier, format_type(w.oid, w.modifier)
    FROM unnest($1, $2) AS w(oid, modifier)";

impl Types {
    /// Reads the types that were met.
    pub(super) async fn read(session: &Session, met: &BTreeSet<Written>) -> Result<Self, SourceError> {
        let mut types = Self::default();
        let oids: Vec<u32> = met.iter().map(|(oid, _)| *oid).collect();
        let modifiers: Vec<i32> = met.iter().map(|(_, modifier)| *modifier).collect();
        session
            .each(CLOSURE, &[(&oids, Type::OID_ARRAY)], |row| {
                let labels: Option<Vec<super::text::Text>> = row.try_get(8)?;
                let known = Known {
                    name: text(row, 1)?,
                    system: row.try_get(2)?,
                    sort: first_byte(&text(row, 3)?),
                    category: first_byte(&text(row, 4)?),
                    base: row.try_get(5)?,
                    element: row.try_get(6)?,
                    not_null: row.try_get(7)?,
                    labels: labels.unwrap_or_default().into_iter().map(|label| label.0).collect(),
                };
                types.known.insert(row.try_get(0)?, known);
                Ok(())
            })
            .await?;
        session
            .each(WRITTEN, &[(&oids, Type::OID_ARRAY), (&modifiers, Type::INT4_ARRAY)], |row| {
                let (oid, modifier): Written = (row.try_get(0)?, row.try_get(1)?);
                let made =
                    types.make(oid, super::text::optional(row, 2)?.unwrap_or_else(|| "???".to_owned()));
                types.made.insert((oid, modifier), Arc::new(made));
                Ok(())
            })
            .await?;
        Ok(types)
    }

    /// The type of a column; what the server did not describe is `other`.
    pub(super) fn of(&self, written: Written) -> Arc<DataType> {
        self.made.get(&written).cloned().unwrap_or_else(|| {
            Arc::new(DataType {
                written: "???".to_owned(),
                kind: ColumnType::Other,
                element: None,
                labels: Vec::new(),
            })
        })
    }

    /// Whether the type itself (a domain) forbids NULL.
    pub(super) fn forbids_null(&self, oid: u32) -> bool {
        self.chain(oid).any(|known| known.not_null)
    }

    fn make(&self, oid: u32, written: String) -> DataType {
        let below = self.below(oid);
        let kind = below.map_or(ColumnType::Other, kind_of);
        let element = below.filter(|_| kind == ColumnType::Array).and_then(|array| self.below(array.element));
        let labels = element.or(below).map(|known| known.labels.clone()).unwrap_or_default();
        DataType { written, kind, element: element.map(kind_of), labels }
    }

    /// The type below all domains.
    fn below(&self, oid: u32) -> Option<&Known> {
        self.chain(oid).last()
    }

    /// A type and, below domains, the types that they stand on. Bounded: a server could answer in a circle.
    fn chain(&self, oid: u32) -> impl Iterator<Item = &Known> {
        let first = self.known.get(&oid);
        let next = |known: &&Known| if known.sort == b'd' { self.known.get(&known.base) } else { None };
        std::iter::successors(first, next).take(100)
    }
}

fn first_byte(word: &str) -> u8 {
    word.bytes().next().unwrap_or_default()
}

fn kind_of(known: &Known) -> ColumnType {
    match (known.sort, known.category) {
        (b'e', _) => ColumnType::Enum,
        (b'c', _) => ColumnType::Struct,
        (b'r' | b'm' | b'p', _) => ColumnType::Other,
        (_, b'A') => ColumnType::Array,
        _ => named(&known.name, known.system, known.category),
    }
}

/// Base types by name: the server's own, and those of common extensions.
fn named(name: &str, system: bool, category: u8) -> ColumnType {
    use ColumnType as T;
    match name {
        "geometry" | "geography" | "raster" | "box2d" | "box3d" => T::Geometry,
        "citext" | "ltree" => T::Text,
        _ if !system => T::Other,
        "bool" => T::Boolean,
        "int2" | "int4" | "int8" | "oid" | "xid" | "xid8" => T::Integer,
        "numeric" | "money" => T::Decimal,
        "float4" | "float8" => T::Float,
        "text" | "varchar" | "bpchar" | "char" | "name" | "xml" => T::Text,
        "bytea" | "bit" | "varbit" => T::Binary,
        "date" => T::Date,
        "time" | "timetz" => T::Time,
        "timestamp" | "timestamptz" => T::Timestamp,
        "interval" => T::Interval,
        "uuid" => T::Uuid,
        "json" | "jsonb" => T::Json,
        "inet" | "cidr" | "macaddr" | "macaddr8" => T::Network,
        _ if category == b'G' => T::Geometry,
        _ => T::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, sort: u8, category: u8) -> Known {
        let (base, element) = (0, 0);
        Known {
            name: name.into(),
            system: true,
            sort,
            category,
            base,
            element,
            not_null: false,
            labels: vec![],
        }
    }

    fn types(rows: Vec<(u32, Known)>) -> Types {
        Types { known: rows.into_iter().collect(), made: HashMap::new() }
    }

    #[test]
    fn a_domain_is_what_it_stands_on() {
        let email = Known { base: 2, not_null: true, system: false, ..known("email", b'd', b'S') };
        let address = Known { base: 3, ..known("address", b'd', b'S') };
        let types = types(vec![(1, email), (2, address), (3, known("text", b'b', b'S'))]);
        assert_eq!(types.make(1, "public.email".into()).kind, ColumnType::Text);
        assert!(types.forbids_null(1) && !types.forbids_null(2));
    }

    #[test]
    fn an_array_of_an_enum_has_its_words() {
        let array = Known { element: 2, ..known("_mood", b'b', b'A') };
        let mood = Known { labels: vec!["sad".into(), "好".into()], ..known("mood", b'e', b'E') };
        let made = types(vec![(1, array), (2, mood)]).make(1, "mood[]".into());
        assert_eq!((made.kind, made.element), (ColumnType::Array, Some(ColumnType::Enum)));
        assert_eq!(made.labels, ["sad", "好"]);
    }

    #[test]
    fn a_users_type_named_like_a_builtin_is_not_it() {
        assert_eq!(named("int4", false, b'U'), ColumnType::Other);
        assert_eq!(named("point", true, b'G'), ColumnType::Geometry);
        assert_eq!(kind_of(&known("int4range", b'r', b'R')), ColumnType::Other);
    }

    #[test]
    fn domains_in_a_circle_come_to_an_end() {
        let one = Known { base: 2, ..known("a", b'd', b'S') };
        let two = Known { base: 1, ..known("b", b'd', b'S') };
        assert_eq!(types(vec![(1, one), (2, two)]).make(1, "a".into()).kind, ColumnType::Other);
    }
}

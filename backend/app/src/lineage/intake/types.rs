//! What a type holds, by the word that a client writes for it: `varchar(20)`, `BIGINT`, `array<string>`, …

use cadastre_model::ColumnType;

/// The words, in small letters and without what is in brackets.
const WORDS: &[(ColumnType, &[&str])] = &[
    (ColumnType::Boolean, &["bool", "boolean", "logical"]),
    (
        ColumnType::Integer,
        &[
            "int",
            "integer",
            "int2",
            "int4",
            "int8",
            "int16",
            "int32",
            "int64",
            "long",
            "short",
            "byte",
            "bigint",
            "smallint",
            "tinyint",
            "mediumint",
            "serial",
            "bigserial",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
        ],
    ),
    (ColumnType::Decimal, &["decimal", "numeric", "number", "money", "bignumeric", "dec"]),
    (
        ColumnType::Float,
        &["float", "float4", "float8", "float32", "float64", "double", "double precision", "real"],
    ),
    (
        ColumnType::Text,
        &[
            "text",
            "string",
            "varchar",
            "varchar2",
            "nvarchar",
            "char",
            "nchar",
            "character",
            "character varying",
            "bpchar",
            "clob",
            "citext",
            "utf8",
            "longtext",
            "mediumtext",
            "tinytext",
            "name",
        ],
    ),
    (ColumnType::Binary, &["bytes", "bytea", "binary", "varbinary", "blob", "longblob", "raw"]),
    (ColumnType::Date, &["date", "date32", "date64"]),
    (ColumnType::Time, &["time", "timetz", "time without time zone", "time with time zone"]),
    (
        ColumnType::Timestamp,
        &[
            "timestamp",
            "timestamptz",
            "datetime",
            "datetime2",
            "timestamp_ntz",
            "timestamp_ltz",
            "timestamp_tz",
            "timestamp without time zone",
            "timestamp with time zone",
            "timestamp-millis",
            "timestamp-micros",
        ],
    ),
    (ColumnType::Interval, &["interval", "duration"]),
    (ColumnType::Uuid, &["uuid", "uniqueidentifier"]),
    (ColumnType::Json, &["json", "jsonb", "variant", "super"]),
    (ColumnType::Enum, &["enum"]),
    (ColumnType::Array, &["array", "list", "repeated"]),
    (ColumnType::Struct, &["struct", "record", "row", "map", "object"]),
    (ColumnType::Geometry, &["geometry", "geography", "point", "polygon"]),
    (ColumnType::Network, &["inet", "cidr", "macaddr", "ip"]),
];

/// What a type holds.
#[must_use]
pub(super) fn kind_of(written: &str) -> ColumnType {
    let written = written.trim().to_lowercase();
    if written.ends_with("[]") {
        return ColumnType::Array;
    }
    let opens = written.find(['(', '<', '[']).unwrap_or(written.len());
    let (front, rest) = written.split_at(opens);
    // `timestamp(3) with time zone` is one word with something in between
    let back = rest.split_once(')').map(|(_, back)| back.trim()).unwrap_or_default();
    let word = [front.trim(), back].join(" ");
    let known = |word: &str| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(kind, _)| *kind);
    known(word.trim()).or_else(|| known(front.trim())).unwrap_or(ColumnType::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_its_word() {
        for (written, kind) in [
            ("VARCHAR(20)", ColumnType::Text),
            ("decimal(10, 2)", ColumnType::Decimal),
            ("array<string>", ColumnType::Array),
            ("struct<a:int>", ColumnType::Struct),
            ("int[]", ColumnType::Array),
            ("timestamp(3) with time zone", ColumnType::Timestamp),
            ("double precision", ColumnType::Float),
            ("", ColumnType::Other),
            ("(", ColumnType::Other),
            ("my_type", ColumnType::Other),
        ] {
            assert_eq!(kind_of(written), kind, "{written}");
        }
    }
}

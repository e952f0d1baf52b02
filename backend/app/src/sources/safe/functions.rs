//! The functions that a query may call: the server's own that read nothing but their arguments, write nothing, wait for nothing, and say
//! nothing of the server. What is not here is refused, whatever it is; a test holds the list against the catalogue of a real server.
//!
//! Left out though harmless by what the catalogue says of them: what runs a text as a query (`table_to_xml`, `ts_rewrite`), what tells of
//! settings, roles and other sessions (`current_setting`, `pg_…`, `has_…`), and what makes much of little (`repeat`).

/// Forms of the grammar that look like functions.
const FORMS: &[&str] = &[
    "array",
    "coalesce",
    "greatest",
    "grouping",
    "least",
    "nullif",
    "row",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
];

/// Functions of `pg_catalog`, in order.
const FUNCTIONS: &str = "
    abs acos acosd acosh age area array_agg array_append array_cat array_dims array_length array_lower
    array_ndims array_position array_positions array_prepend array_remove array_replace array_to_json
    array_to_string array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg bit_and bit_count
    bit_length bit_or bit_xor bool_and bool_or box broadcast btrim cardinality cbrt ceil ceiling center
    char_length character_length chr circle concat concat_ws convert_from convert_to corr cos cosd cosh
    cot cotd count covar_pop covar_samp cume_dist date date_bin date_part date_trunc daterange decode
    degrees dense_rank diameter div encode every exp family first_value float4 float8 floor format gcd
    generate_series generate_subscripts get_bit get_byte height host hostmask inet_merge inet_same_family
    initcap int2 int4 int4range int8 int8range is_normalized isclosed isempty isfinite isopen json_agg
    json_array_elements json_array_elements_text json_array_length json_build_array json_build_object
    json_each json_each_text json_extract_path json_extract_path_text json_object json_object_agg
    json_object_keys json_strip_nulls json_typeof jsonb_agg jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path
    jsonb_extract_path_text jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists
    jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_strip_nulls
    jsonb_typeof justify_days justify_hours justify_interval lag last_value lcm lead left length ln log
    log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time make_timestamp
    make_timestamptz masklen max md5 min min_scale mod mode netmask network normalize now npoints
    nth_value ntile num_nonnulls num_nulls numeric numnode numrange octet_length overlaps overlay
    parse_ident path percent_rank percentile_cont percentile_disc pi point polygon position power
    quote_ident quote_literal quote_nullable radians radius range_agg range_merge rank regexp_count
    regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy replace reverse right round row_number row_to_json rpad rtrim scale sha224
    sha256 sha384 sha512 sign sin sind sinh split_part sqrt starts_with statement_timestamp stddev
    stddev_pop stddev_samp string_agg string_to_array string_to_table strpos substr substring sum tan tand
    tanh text time timestamp timestamptz timezone to_ascii to_char to_date to_hex to_json to_jsonb
    to_number to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale
    trunc tsrange tstzrange unnest upper upper_inc upper_inf var_pop var_samp variance width width_bucket";

/// Whether a function may be called.
pub(super) fn may_be_called(name: &str) -> bool {
    FORMS.contains(&name) || functions().any(|function| function == name)
}

/// The functions of `pg_catalog` that may be called; for a test against a server.
pub fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_has_nothing_twice() {
        let all: Vec<&str> = functions().collect();
        assert!(all.len() > 250 && all.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn nothing_that_reaches_out_is_on_it() {
        let starts =
            ["pg_", "lo_", "dblink", "query_", "table_to", "schema_to", "database_to", "cursor_", "has_"];
        let names = [
            "nextval",
            "setval",
            "set_config",
            "current_setting",
            "ts_rewrite",
            "ts_stat",
            "repeat",
            "version",
        ];
        for function in functions() {
            assert!(!starts.iter().any(|start| function.starts_with(start)), "{function}");
            assert!(!names.contains(&function), "{function}");
        }
    }
}

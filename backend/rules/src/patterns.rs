//! Patterns with a name, and the grammars of what can be cast. Written so that PostgreSQL, PCRE and Rust read them alike: ASCII only, no
//! `\d`, no repetition with large bounds (PostgreSQL takes eight times as long for `{0,61}`).

use crate::language::{CastTo, Named};

/// A year from 1 to 9999, then a day that the calendar has, `-` between.
macro_rules! date {
    () => {
        "(([0-9][0-9][0-9][1-9]|[0-9][0-9][1-9][0-9]|[0-9][1-9][0-9][0-9]|[1-9][0-9][0-9][0-9])-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9][0-9](0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)"
    };
}

/// A time of day, to a millionth of a second.
macro_rules! time {
    () => {
        "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9][0-9]?[0-9]?[0-9]?[0-9]?[0-9]?)?)?"
    };
}

/// A date and a time, with a zone or without.
macro_rules! timestamp {
    () => {
        concat!("^", date!(), "[ T]", time!(), "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$")
    };
}

/// A number from 0 to 255 without a zero before it.
macro_rules! byte {
    () => {
        "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    };
}

/// Up to four hexadecimal digits.
macro_rules! group {
    () => {
        "[0-9A-Fa-f][0-9A-Fa-f]?[0-9A-Fa-f]?[0-9A-Fa-f]?"
    };
}

/// An IPv4 address.
macro_rules! ipv4 {
    () => {
        concat!(byte!(), "\\.", byte!(), "\\.", byte!(), "\\.", byte!())
    };
}

/// RFC 4291 without a zone: eight groups, or `::` for one or more of them, the last two maybe as an IPv4 address.
const IPV6: &str = concat!(
    "^((",
    group!(),
    ":){7}(",
    group!(),
    "|:)",
    "|(",
    group!(),
    ":){6}(:",
    group!(),
    "|",
    ipv4!(),
    "|:)",
    "|(",
    group!(),
    ":){5}((:",
    group!(),
    "){1,2}|:",
    ipv4!(),
    "|:)",
    "|(",
    group!(),
    ":){4}((:",
    group!(),
    "){1,3}|(:",
    group!(),
    ")?:",
    ipv4!(),
    "|:)",
    "|(",
    group!(),
    ":){3}((:",
    group!(),
    "){1,4}|(:",
    group!(),
    "){0,2}:",
    ipv4!(),
    "|:)",
    "|(",
    group!(),
    ":){2}((:",
    group!(),
    "){1,5}|(:",
    group!(),
    "){0,3}:",
    ipv4!(),
    "|:)",
    "|",
    group!(),
    ":((:",
    group!(),
    "){1,6}|(:",
    group!(),
    "){0,4}:",
    ipv4!(),
    "|:)",
    "|:((:",
    group!(),
    "){1,7}|(:",
    group!(),
    "){0,5}:",
    ipv4!(),
    "|:))$",
);

/// 17 digits with region and day of birth, then the check digit. The days of a month are looked at, whether a year is a leap year too.
const RESIDENT: &str = "^[1-9][0-9][0-9][0-9][0-9][0-9]((18|19|20)[0-9][0-9]((0[13578]|1[02])(0[1-9]|[12][0-9]|3[01])|(0[469]|11)(0[1-9]|[12][0-9]|30)|02(0[1-9]|1[0-9]|2[0-8]))|((18|19|20)(0[48]|[2468][048]|[13579][26])|2000)0229)[0-9][0-9][0-9][0-9Xx]$";

/// The weights of the first 17 digits (GB 11643, ISO 7064 MOD 11-2).
pub(crate) const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check digit by the remainder of the weighted sum.
pub(crate) const RESIDENT_CHECKS: &str = "10X98765432";

/// The regular expression of a named pattern, for the whole text.
///
/// * `email`: a mailbox as in HTML's e-mail input, with a dot in the domain.
/// * `url`: http, https, ftp with a host; no blanks.
/// * `phone`: E.164 with its plus, digits maybe grouped by one blank or hyphen.
/// * `china_mobile`: eleven digits from 13 to 19, maybe with 86.
/// * `china_resident_id`: 18 places; the check digit is looked at beside the expression.
pub(crate) const fn of(named: Named) -> &'static str {
    match named {
        Named::Email => {
            "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$"
        }
        Named::Url => {
            "^(https?|ftp)://[A-Za-z0-9._~%!$&'()*+,;=:@-]*[A-Za-z0-9\\]](:[0-9]+)?([/?#][A-Za-z0-9._~%!$&'()*+,;=:@/?#-]*)?$"
        }
        Named::Date => concat!("^", date!(), "$"),
        Named::Timestamp => timestamp!(),
        Named::Phone => "^\\+[1-9]([ -]?[0-9]){6,14}$",
        Named::ChinaMobile => "^((\\+|00)?86[ -]?)?1[3-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]$",
        Named::ChinaResidentId => RESIDENT,
        Named::Uuid => "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
        Named::Ipv4 => concat!("^", ipv4!(), "$"),
        Named::Ipv6 => IPV6,
    }
}

/// The grammar of what can be cast; whole numbers are compared with the bounds of their type besides.
pub(crate) const fn castable(to: CastTo) -> &'static str {
    match to {
        CastTo::Boolean => {
            "^([Tt]([Rr][Uu][Ee])?|[Ff]([Aa][Ll][Ss][Ee])?|[Yy]([Ee][Ss])?|[Nn][Oo]?|[Oo]([Nn]|[Ff][Ff])|[01])$"
        }
        CastTo::Integer | CastTo::Bigint => "^[+-]?[0-9]+$",
        CastTo::Decimal => "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9][0-9]?[0-9]?)?$",
        CastTo::Date => of(Named::Date),
        CastTo::Timestamp => timestamp!(),
        CastTo::Uuid => of(Named::Uuid),
    }
}

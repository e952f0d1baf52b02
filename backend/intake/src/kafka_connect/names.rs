//! Patterns of names: Java's regular expressions as lists of tables write them, made into names with `*`.

/// The alternatives of a pattern, each as a name with `*` where the pattern leaves something open. A point alone is taken
/// for the point between schema and table: that is how people write these lists.
pub(super) fn globs(pattern: &str) -> Vec<String> {
    alternatives(pattern).into_iter().map(glob).collect()
}

/// Splits at `|` outside of groups.
fn alternatives(pattern: &str) -> Vec<&str> {
    let (mut depth, mut escaped, mut start) = (0_usize, false, 0);
    let mut parts = Vec::new();
    for (at, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                parts.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&pattern[start..]);
    parts
}

fn glob(pattern: &str) -> String {
    let mut name = String::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        let repeated = |next: Option<&char>| next.is_some_and(|c| matches!(c, '*' | '+' | '?' | '{'));
        let piece = match c {
            '^' | '$' => None,
            '\\' => rest.next().map(|c| if c.is_ascii_alphanumeric() { '*' } else { c }),
            '(' => {
                skip_to(&mut rest, '(', ')');
                Some('*')
            }
            '[' => {
                skip_to(&mut rest, '[', ']');
                Some('*')
            }
            '*' | '+' | '?' => Some('*'),
            '{' => {
                skip_to(&mut rest, '{', '}');
                Some('*')
            }
            '.' if repeated(rest.peek()) => Some('*'),
            plain => Some(plain),
        };
        let open = piece == Some('*');
        if let Some(piece) = piece.filter(|_| !(open && name.ends_with('*'))) {
            name.push(piece);
        }
        while open && repeated(rest.peek()) {
            if rest.next() == Some('{') {
                skip_to(&mut rest, '{', '}');
            }
        }
    }
    name
}

fn skip_to(rest: &mut impl Iterator<Item = char>, open: char, close: char) {
    let mut depth = 1_usize;
    let mut escaped = false;
    for c in rest {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == open => depth += 1,
            _ if c == close => {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// A name as a topic may have it: other characters become `_`. A `*` stays.
pub(super) fn topic(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '*') { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_names() {
        for (pattern, names) in [
            ("inventory.orders", vec!["inventory.orders"]),
            ("DEBEZIUM\\.CUSTOMERS", vec!["DEBEZIUM.CUSTOMERS"]),
            ("public.iris_.*", vec!["public.iris_*"]),
            (".*purchaseorder", vec!["*purchaseorder"]),
            ("^s\\.(a|b)$", vec!["s.*"]),
            ("s.a|s.b", vec!["s.a", "s.b"]),
            ("s.t[0-9]{2}", vec!["s.t*"]),
            ("s\\.\\w+", vec!["s.*"]),
            (".*", vec!["*"]),
            ("(((", vec!["*"]),
            ("[", vec!["*"]),
            ("", vec![""]),
        ] {
            assert_eq!(globs(pattern), names, "{pattern}");
        }
    }
}

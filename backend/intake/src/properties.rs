//! Java's properties: `key = value`, comments, continued lines, escapes. As `java.util.Properties` reads them, with
//! the line of each entry; an escape that is none stands for itself.

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its first line, from 1.
    pub(crate) line: u32,
    pub(crate) key: String,
    pub(crate) value: String,
    /// The lines as they are written.
    pub(crate) written: String,
}

/// The text of a file: UTF-8, else each byte a character, which is what Java takes it for.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned);
    text.replace('\0', "\u{fffd}")
}

/// The entries in their order, repeated ones included.
pub(crate) fn read(text: &str) -> Vec<Entry> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = (1_u32..).zip(text.split('\n'));
    let mut entries = Vec::new();
    while let Some((line, first)) = lines.next() {
        let mut logical = first.trim_start_matches([' ', '\t', '\x0c']).to_owned();
        if logical.is_empty() || logical.starts_with(['#', '!']) {
            continue;
        }
        let mut written = first.to_owned();
        while is_continued(&logical) {
            logical.pop();
            let Some((_, next)) = lines.next() else { break };
            logical.push_str(next.trim_start_matches([' ', '\t', '\x0c']));
            written.push('\n');
            written.push_str(next);
        }
        let (key, value) = split(&logical);
        entries.push(Entry { line, key: unescape(key), value: unescape(value), written });
    }
    entries
}

/// Whether a line ends in a backslash that is not itself escaped.
fn is_continued(line: &str) -> bool {
    line.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1
}

/// The key ends at the first `=`, `:` or blank that is not escaped.
fn split(line: &str) -> (&str, &str) {
    let blank = [' ', '\t', '\x0c'];
    let mut escaped = false;
    let end = line.char_indices().find(|(_, c)| {
        let ends = !escaped && (matches!(c, '=' | ':') || blank.contains(c));
        escaped = !escaped && *c == '\\';
        ends
    });
    let end = end.map_or(line.len(), |(at, _)| at);
    let rest = line[end..].trim_start_matches(blank);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (&line[..end], rest.trim_start_matches(blank))
}

fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    // what \u writes are halves of UTF-16, so all is gathered as UTF-16
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let push = |c: char, units: &mut Vec<u16>| units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let escaped = if c == '\\' { rest.next() } else { None };
        match (c, escaped) {
            ('\\', None) => {}
            ('\\', Some('t')) => units.push(u16::from(b'\t')),
            ('\\', Some('n')) => units.push(u16::from(b'\n')),
            ('\\', Some('r')) => units.push(u16::from(b'\r')),
            ('\\', Some('f')) => units.push(0x0c),
            ('\\', Some('u')) => {
                match rest.as_str().get(..4).and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
                    Some(unit) => {
                        units.push(if unit == 0 { 0xfffd } else { unit });
                        rest = rest.as_str().get(4..).unwrap_or_default().chars();
                    }
                    None => push('u', &mut units),
                }
            }
            ('\\', Some(other)) => push(other, &mut units),
            (plain, _) => push(plain, &mut units),
        }
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        read(text).into_iter().map(|entry| (entry.key, entry.value)).collect()
    }

    #[test]
    fn entries_are_read_as_java_reads_them() {
        for (text, key, value) in [
            ("a=b", "a", "b"),
            ("  a : b ", "a", "b "),
            ("a b c", "a", "b c"),
            ("a", "a", ""),
            ("a\\ b\\=c = d", "a b=c", "d"),
            ("a = b\\\n   c", "a", "bc"),
            ("a = b\\\\", "a", "b\\"),
            ("a = \\u6570\\u636E", "a", "数据"),
            ("a = \\uD83D\\uDE00", "a", "😀"),
            ("a = \\uD83D", "a", "\u{fffd}"),
            ("a = \\uzz", "a", "uzz"),
            ("a = \\q\\t", "a", "q\t"),
            ("a=b\\", "a", "b"),
            ("a==b", "a", "=b"),
        ] {
            assert_eq!(pairs(text), [(key.to_owned(), value.to_owned())], "{text}");
        }
    }

    #[test]
    fn comments_and_blank_lines_are_none_and_lines_are_counted() {
        let entries = read("# a\n\n! b\r\nx=1\\\r\n 2\ry=3");
        let told: Vec<_> =
            entries.iter().map(|entry| (entry.line, entry.key.as_str(), entry.value.as_str())).collect();
        assert_eq!(told, [(4, "x", "12"), (6, "y", "3")]);
    }

    #[test]
    fn any_bytes_are_a_text() {
        assert_eq!(decode(b"\xef\xbb\xbfa"), "a");
        assert_eq!(decode(b"\xe9\0"), "é\u{fffd}");
    }
}

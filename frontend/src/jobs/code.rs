//! A definition, line by line, with what is marked in it.

use std::borrow::Borrow;

/// A text with its lines numbered and pieces of it marked.
#[derive(Debug, Clone, Default)]
pub struct Code {
    /// The lines that are shown.
    pub lines: Vec<CodeLine>,
}

/// A line.
#[derive(Debug, Clone, Default)]
pub struct CodeLine {
    /// Its number in the whole text, from 1; the anchor `L12` on a job's page.
    pub number: i64,
    /// Whether the line as a whole is marked: the statement or expression that is spoken of stands in it.
    pub is_hit: bool,
    /// Its pieces, in their order.
    pub pieces: Vec<Piece>,
}

impl CodeLine {
    /// Whether there is anything in it; the number of an empty one is no link, which would be too small to hit.
    pub(crate) fn has_text(&self) -> bool {
        self.pieces.iter().any(|piece| !piece.text.trim().is_empty())
    }
}

/// A piece of a line.
#[derive(Debug, Clone, Default)]
pub struct Piece {
    /// As written.
    pub text: String,
    /// What it is.
    pub mark: Option<Mark>,
}

/// What a piece of a definition is. A title says the word, the stylesheet a line of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Names a dataset or column that is read.
    Input,
    /// Names a dataset or column that is written.
    Output,
    /// Belongs to the column that is looked at: its name, its expression, what it comes from.
    Chosen,
    /// Could not be parsed.
    Error,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Input, Self::Output, Self::Chosen, Self::Error];

    /// The class of the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Input => "m-in",
            Self::Output => "m-out",
            Self::Chosen => "m-col",
            Self::Error => "m-err",
        }
    }

    /// The key of its word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Input => "code-input",
            Self::Output => "code-output",
            Self::Chosen => "code-chosen",
            Self::Error => "code-error",
        }
    }
}

/// A stretch of a text to be marked, by bytes.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte behind it.
    pub end: usize,
    /// What it is.
    pub mark: Mark,
}

impl Code {
    /// A text with stretches marked; where they overlap the later of `spans` wins. Stretches that do not lie on
    /// characters are left out. `hits` are lines, from 1, that are marked as a whole.
    #[must_use]
    pub fn of_text(text: &str, spans: &[Span], hits: &[i64]) -> Self {
        let mut start = 0;
        let mut lines = Vec::new();
        for (number, line) in (1_i64..).zip(text.split('\n')) {
            let shown = line.strip_suffix('\r').unwrap_or(line);
            lines.push(CodeLine {
                number,
                is_hit: hits.contains(&number),
                pieces: pieces(shown, start, spans),
            });
            start += line.len() + 1;
        }
        Self { lines }
    }

    /// The lines around a stretch of lines alone.
    #[must_use]
    pub fn around(mut self, first: i64, last: i64, more: i64) -> Self {
        self.lines.retain(|line| (first - more..=last + more).contains(&line.number));
        self
    }

    /// Whether something is marked so.
    #[must_use]
    pub fn has(&self, mark: impl Borrow<Mark>) -> bool {
        self.lines
            .iter()
            .flat_map(|line| &line.pieces)
            .any(|piece| piece.mark.as_ref() == Some(mark.borrow()))
    }
}

/// A line cut wherever a stretch begins or ends.
fn pieces(line: &str, start: usize, spans: &[Span]) -> Vec<Piece> {
    let end = start + line.len();
    let near: Vec<&Span> = spans.iter().filter(|span| span.start < end && span.end > start).collect();
    let mut cuts: Vec<usize> = near
        .iter()
        .flat_map(|span| [span.start.max(start) - start, span.end.min(end) - start])
        .chain([0, line.len()])
        .filter(|cut| line.is_char_boundary(*cut))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mark =
        |at: usize| near.iter().rev().find(|span| (span.start..span.end).contains(&at)).map(|span| span.mark);
    cuts.windows(2)
        .map(|cut| Piece { text: line[cut[0]..cut[1]].to_owned(), mark: mark(start + cut[0]) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &Code) -> Vec<String> {
        let piece = |piece: &Piece| match piece.mark {
            Some(mark) => format!("[{}:{}]", mark.class(), piece.text),
            None => piece.text.clone(),
        };
        code.lines.iter().map(|line| line.pieces.iter().map(piece).collect()).collect()
    }

    #[test]
    fn stretches_are_cut_at_lines_and_the_later_lies_on_top() {
        let text = "select a,\r\n  b from 表\n";
        let spans = [
            Span { start: 7, end: 14, mark: Mark::Output },
            Span { start: 7, end: 8, mark: Mark::Chosen },
            Span { start: 20, end: 23, mark: Mark::Input },
        ];
        assert_eq!(
            said(&Code::of_text(text, &spans, &[])),
            ["select [m-col:a][m-out:,]", "[m-out:  b] from [m-in:表]", ""]
        );
    }

    #[test]
    fn a_stretch_that_cuts_a_character_marks_nothing_wrong() {
        let spans = [Span { start: 1, end: 2, mark: Mark::Error }];
        let code = Code::of_text("订单", &spans, &[1]);
        assert_eq!(code.lines[0].pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), "订单");
    }

    #[test]
    fn lines_keep_their_numbers_when_others_are_left_out() {
        let code = Code::of_text("1\n2\n3\n4\n5", &[], &[3]).around(3, 3, 1);
        assert_eq!(code.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 3, 4]);
        assert!(code.lines[1].is_hit);
    }
}

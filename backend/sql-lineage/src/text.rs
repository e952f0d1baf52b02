//! Places in the text: sqlparser counts lines and characters, the answer has bytes too.

use std::sync::Arc;

use sqlparser::tokenizer::{Location, Span};

use crate::lineage::{Fragment, Place};

/// A text, with the first byte of each line.
#[derive(Debug)]
pub(crate) struct Text<'t> {
    sql: &'t str,
    lines: Vec<usize>,
    is_ascii: bool,
}

impl<'t> Text<'t> {
    pub(crate) fn new(sql: &'t str) -> Self {
        let lines = std::iter::once(0)
            .chain(sql.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(i, _)| i + 1))
            .collect();
        Self { sql, lines, is_ascii: sql.is_ascii() }
    }

    /// The byte of a location; the end of the text where it lies outside.
    pub(crate) fn byte(&self, at: Location) -> usize {
        let line = usize::try_from(at.line).unwrap_or(0);
        let column = usize::try_from(at.column).unwrap_or(1).saturating_sub(1);
        let Some(&start) = line.checked_sub(1).and_then(|line| self.lines.get(line)) else {
            return 0;
        };
        if self.is_ascii {
            return (start + column).min(self.sql.len());
        }
        self.sql[start..].char_indices().nth(column).map_or(self.sql.len(), |(i, _)| start + i)
    }

    pub(crate) fn place(&self, span: Span) -> Place {
        let (start, end) = (self.byte(span.start), self.byte(span.end));
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            line: u32::try_from(span.start.line).unwrap_or(u32::MAX),
            column: u32::try_from(span.start.column).unwrap_or(u32::MAX),
            start: narrow(start),
            end: narrow(end.max(start)),
        }
    }

    pub(crate) fn fragment(&self, span: Span) -> Fragment {
        let place = self.place(span);
        let text = self.sql.get(place.start as usize..place.end as usize).unwrap_or("");
        Fragment { text: Arc::from(text), place }
    }

    /// The location of a byte, for what the tokenizer did not reach.
    pub(crate) fn location(&self, byte: usize) -> Location {
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        let start = self.lines[line - 1];
        let column = self.sql.get(start..byte).map_or(0, |text| text.chars().count());
        Location { line: line as u64, column: column as u64 + 1 }
    }
}

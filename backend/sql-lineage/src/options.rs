//! What the caller may set: the limits, the defaults of names, where to run.

/// How an analysis is made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The catalog (database, project) that a name without one gets.
    pub default_catalog: Option<String>,
    /// The schema that a name without one gets.
    pub default_schema: Option<String>,
    /// Schemas that are looked through, in this order, for a table that is named without one. The first that has it (in the given
    /// [`crate::Schema`]) is taken; none: `default_schema`.
    pub search_path: Vec<String>,
    /// What is refused.
    pub limits: Limits,
    /// Which stack the work is done on.
    pub stack: Stack,
}

/// Where the work is done: a parser recurses, and a stack that overflows ends the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stack {
    /// On the caller's, where the text is shallow; else on a thread of its own with 256 MiB of (reserved, not used) stack.
    #[default]
    Auto,
    /// On the caller's, which has at least 256 MiB. See [`crate::with_large_stack`].
    Callers,
}

/// What is refused before parsing, so that no text takes the process down or holds it for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text. 256 KiB.
    pub bytes: usize,
    /// Tokens of the text, white space not counted. 20,000.
    pub tokens: usize,
    /// Operators in one chain (`a OR b OR …`), set operations in one row. 500.
    pub chain: usize,
    /// Depth of parentheses, brackets, CASE and prefix operators in each other. 100.
    pub depth: usize,
    /// Columns of one relation, after stars are expanded. 10,000.
    pub columns: usize,
    /// Edges followed in the whole text, a measure of work. 1,000,000.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 * 1024, tokens: 20_000, chain: 500, depth: 100, columns: 10_000, steps: 1_000_000 }
    }
}

//! p
use sqlparser::tokenizer::TokenWithSpan;
use crate::dialect::Dialect;
use crate::lineage::StatementKind;

/// What is to be done with a statement's tokens.
#[derive(Debug)]
pub(crate) enum Prepared {
    /// Parse them.
    Parse(Vec<TokenWithSpan>),
    /// They move no data.
    Silent(StatementKind, Vec<TokenWithSpan>),
    /// The statements of a procedure, which count as one.
    Procedure(Vec<Vec<TokenWithSpan>>, Vec<TokenWithSpan>),
}

pub(crate) fn prepare(tokens: Vec<TokenWithSpan>, _dialect: Dialect) -> Vec<Prepared> { vec![Prepared::Parse(tokens)] }

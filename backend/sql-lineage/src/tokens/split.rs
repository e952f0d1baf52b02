//! Where one statement ends and the next begins: at semicolons, but not inside the body of a procedure or function.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::dialect::Dialect;

use super::{Failure, Run, is_one_of, is_significant, is_word};

/// Cuts tokens into statements; a place where no token could be read makes its statement a failed one.
pub(crate) fn split(
    tokens: Vec<TokenWithSpan>,
    failures: Vec<(usize, Failure)>,
    dialect: Dialect,
) -> Vec<Run> {
    let is_end = |token: &TokenWithSpan| {
        token.token == Token::SemiColon || (dialect == Dialect::MsSql && is_word(&token.token, "go"))
    };
    // One statement, as most texts are: nothing to move.
    if failures.is_empty() && !tokens.iter().any(is_end) {
        let mut run = tokens;
        let mut runs = Vec::new();
        close(&mut runs, &mut run);
        return runs;
    }
    let mut runs = Vec::new();
    let mut failures = failures.into_iter().peekable();
    let mut body = Body::default();
    let mut run = Vec::new();
    let mut tokens = tokens.into_iter().enumerate().peekable();
    loop {
        let index = tokens.peek().map(|&(index, _)| index);
        if let Some((_, failure)) = failures.next_if(|&(at, _)| index.is_none_or(|index| index >= at)) {
            runs.push(Run { tokens: std::mem::take(&mut run), failure: Some(failure) });
            body = Body::default();
        }
        let Some((_, token)) = tokens.next() else {
            break;
        };
        let ends = match &token.token {
            Token::SemiColon => !body.is_open(dialect),
            Token::Word(_) if dialect == Dialect::MsSql && is_word(&token.token, "go") => true,
            _ => false,
        };
        if ends {
            close(&mut runs, &mut run);
            body = Body::default();
        } else {
            if is_significant(&token) {
                body.see(&token.token);
            }
            run.push(token);
        }
    }
    close(&mut runs, &mut run);
    runs
}

fn close(runs: &mut Vec<Run>, run: &mut Vec<TokenWithSpan>) {
    if run.iter().any(is_significant) {
        runs.push(Run { tokens: std::mem::take(run), failure: None });
    } else {
        run.clear();
    }
}

/// What was seen of a statement that may have statements inside.
#[derive(Default)]
struct Body {
    words: usize,
    is_create: bool,
    /// CREATE … PROCEDURE, FUNCTION, TRIGGER, TASK.
    has_body: bool,
    is_procedure: bool,
    /// BEGIN and CASE that are open.
    open: usize,
    began: bool,
    /// AS or IS was seen: what follows is the body.
    introduced: bool,
    after_end: bool,
    after_begin: bool,
}

impl Body {
    fn see(&mut self, token: &Token) {
        self.words += 1;
        if self.words == 1 {
            self.is_create = is_one_of(token, &["create", "alter", "replace"]);
        }
        if self.is_create
            && self.words <= 12
            && is_one_of(token, &["procedure", "function", "trigger", "task", "package"])
        {
            self.has_body = true;
            self.is_procedure |= is_one_of(token, &["procedure", "package", "trigger"]);
        }
        if !self.has_body {
            return;
        }
        // END IF, END LOOP … end what BEGIN did not open.
        let ends_loop = self.after_end && is_one_of(token, &["if", "loop", "while", "repeat", "for"]);
        if ends_loop {
            self.open += 1;
        }
        if self.after_begin && is_one_of(token, &["transaction", "tran", "work"]) {
            self.open -= 1;
        }
        let (after_end, after_begin) = (is_word(token, "end"), is_word(token, "begin"));
        if after_begin || (is_word(token, "case") && !self.after_end) {
            self.open += 1;
            self.began |= after_begin;
        }
        if after_end {
            self.open = self.open.saturating_sub(1);
        }
        self.introduced |= is_one_of(token, &["as", "is"]);
        (self.after_end, self.after_begin) = (after_end, after_begin);
    }

    fn is_open(&self, dialect: Dialect) -> bool {
        let unbegun = self.is_procedure && self.introduced && !self.began;
        self.open > 0 || (unbegun && matches!(dialect, Dialect::Oracle | Dialect::MsSql))
    }
}

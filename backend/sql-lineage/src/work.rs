//! The way of a text: tokens, limits, statements, facts, answer.

use sqlparser::tokenizer::{Span, TokenWithSpan};

use crate::analysis::{Analyzer, Facts, Note};
use crate::dialect::Dialect;
use crate::lineage::{Analysis, Diagnostic, Severity, Statement, StatementKind};
use crate::options::{Options, Stack};
use crate::parse::Parsed;
use crate::prepass::{self, Prepared};
use crate::schema::Schema;
use crate::stack::with_large_stack;
use crate::text::Text;
use crate::tokens::limits::{self, Shape};
use crate::tokens::split::split;
use crate::tokens::{self, Failure, Run};
use crate::{answer, parse, script};

/// See [`crate::analyze`].
pub(crate) fn analyze(sql: &str, dialect: Dialect, schema: &Schema, options: &Options) -> Analysis {
    match measured(sql, dialect, options) {
        Ok((text, runs, shape)) => {
            on_stack(shape, options, || Work::new(text, dialect, schema, options).run(runs)).unwrap_or_else(
                |error| {
                    refused(
                        sql,
                        &Failure {
                            message: format!("no thread with a large stack: {error}"),
                            span: Span::empty(),
                        },
                    )
                },
            )
        }
        Err(failure) => refused(sql, &failure),
    }
}

/// The statements of a text as tokens, unless the text is refused.
pub(crate) fn measured<'t>(
    sql: &'t str,
    dialect: Dialect,
    options: &Options,
) -> Result<(Text<'t>, Vec<Run>, Shape), Failure> {
    if sql.len() > options.limits.bytes {
        return Err(Failure {
            message: format!("the text has more than {} bytes", options.limits.bytes),
            span: Span::empty(),
        });
    }
    let text = Text::new(sql);
    let (tokens, failures) = tokens::read(sql, &text, dialect.grammar());
    let shape = limits::measure(&tokens, &options.limits)?;
    Ok((text, split(tokens, failures, dialect), shape))
}

pub(crate) fn on_stack<T: Send>(
    shape: Shape,
    options: &Options,
    work: impl FnOnce() -> T + Send,
) -> std::io::Result<T> {
    match options.stack {
        Stack::Auto if !shape.is_shallow() => with_large_stack(work),
        Stack::Auto | Stack::Callers => Ok(work()),
    }
}

fn refused(sql: &str, failure: &Failure) -> Analysis {
    let place =
        Text::new(&sql[..sql.len().min(1 << 20).min(sql.floor_char_boundary(1 << 20))]).place(failure.span);
    let diagnostic = Diagnostic { severity: Severity::Error, message: failure.message.clone(), place };
    let statement = Statement {
        index: 0,
        kind: StatementKind::Unknown,
        place,
        reads: Vec::new(),
        writes: Vec::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        diagnostics: vec![diagnostic],
    };
    Analysis { statements: vec![statement], script: crate::Script::default() }
}

struct Work<'t, 's> {
    text: Text<'t>,
    dialect: Dialect,
    options: &'s Options,
    analyzer: Analyzer<'s>,
    statements: Vec<Statement>,
    facts: Vec<Facts>,
}

impl<'t, 's> Work<'t, 's> {
    fn new(text: Text<'t>, dialect: Dialect, schema: &'s Schema, options: &'s Options) -> Self {
        let analyzer = Analyzer::new(schema, dialect, options);
        Self { text, dialect, options, analyzer, statements: Vec::new(), facts: Vec::new() }
    }

    fn run(mut self, runs: Vec<Run>) -> Analysis {
        for run in runs {
            match run.failure {
                Some(failure) => self.fail(&failure, &run.tokens),
                None => prepass::prepare(run.tokens, self.dialect, &self.options.limits)
                    .into_iter()
                    .for_each(|prepared| self.prepared(prepared)),
            }
        }
        let script = script::compose(&self.facts, &mut self.analyzer);
        Analysis { statements: self.statements, script }
    }

    fn prepared(&mut self, prepared: Prepared) {
        match prepared {
            Prepared::Parse(tokens) => self.parse(tokens),
            Prepared::Silent(kind, tokens) => {
                let facts = self.analyzer.nothing(kind);
                self.add(facts, &tokens);
            }
            Prepared::Tables(only, tokens) => {
                let facts = self.analyzer.only_tables(&only);
                self.add(facts, &tokens);
            }
            Prepared::Refused(failure, tokens) => self.fail(&failure, &tokens),
            Prepared::Procedure(body, tokens) => self.procedure(body, &tokens),
        }
    }

    /// Parses, and where no grammar takes the tokens, mends them first.
    fn parsed(&self, tokens: Vec<TokenWithSpan>) -> Parsed {
        let parsed = parse::statements(tokens, self.dialect, self.options);
        if parsed.statements.is_ok() {
            return parsed;
        }
        let again = prepass::repair(&parsed.tokens, self.dialect)
            .map(|mended| parse::statements(mended, self.dialect, self.options));
        match again {
            Some(again) if again.statements.is_ok() => Parsed { tokens: parsed.tokens, ..again },
            _ => parsed,
        }
    }

    fn parse(&mut self, tokens: Vec<TokenWithSpan>) {
        let parsed = self.parsed(tokens);
        match parsed.statements {
            Ok(statements) => {
                for statement in &statements {
                    let mut facts = self.analyzer.facts(statement);
                    if parsed.by_other_grammar {
                        let message = format!("read by another grammar than {}'s", self.dialect);
                        facts.notes.push(Note { severity: Severity::Note, message, span: Span::empty() });
                    }
                    self.add(facts, &parsed.tokens);
                }
            }
            Err(failure) => self.fail(&failure, &parsed.tokens),
        }
    }

    fn procedure(&mut self, body: Vec<Prepared>, tokens: &[TokenWithSpan]) {
        let mut failures = Vec::new();
        let mut statements = Vec::new();
        for prepared in body {
            match prepared {
                Prepared::Parse(tokens) => match self.parsed(tokens).statements {
                    Ok(mut parsed) => statements.append(&mut parsed),
                    Err(failure) => failures.push(failure),
                },
                Prepared::Refused(failure, _) => failures.push(failure),
                Prepared::Silent(..) | Prepared::Tables(..) | Prepared::Procedure(..) => {}
            }
        }
        let mut facts =
            self.analyzer.facts_of(|analyzer| (StatementKind::CreateProcedure, analyzer.block(&statements)));
        facts.notes.extend(failures.into_iter().map(|failure| Note {
            severity: Severity::Warning,
            message: format!("a statement of the body was not understood: {}", failure.message),
            span: failure.span,
        }));
        self.add(facts, tokens);
    }

    fn fail(&mut self, failure: &Failure, tokens: &[TokenWithSpan]) {
        let mut facts = self.analyzer.nothing(StatementKind::Unknown);
        facts.notes.push(Note {
            severity: Severity::Error,
            message: failure.message.clone(),
            span: failure.span,
        });
        self.add(facts, tokens);
    }

    fn add(&mut self, facts: Facts, tokens: &[TokenWithSpan]) {
        self.statements.push(answer::statement(
            self.statements.len(),
            &facts,
            &self.analyzer,
            tokens,
            &self.text,
        ));
        self.facts.push(facts);
    }
}

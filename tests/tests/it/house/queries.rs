//! SQL in the code: literal, and good against the schema. What a `QueryBuilder` puts together has tests of its own.

use cadastre_tests::register::Register;
use cadastre_tests::tree::{arguments, literal, rust};
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};
use std::collections::BTreeMap;
use syn::visit::{self, Visit};

/// Calls whose first argument is SQL, and those whose second is.
const FIRST: &[&str] = &["query", "query_as", "query_scalar", "raw_sql"];
const SECOND: &[&str] = &["from_sql_and_values", "from_string"];

/// Where text that is put together becomes SQL, and why it may. Nothing else gets past the type that sqlx asks for.
const PUT_TOGETHER: &[(&str, &str)] = &[
    ("backend/app/src/db.rs", "settings of a connection: numbers of the code"),
    ("backend/app/src/demo/company.rs", "the files of the sample company, and a COMMENT on its database"),
    (
        "backend/app/src/postgres/private.rs",
        "roles and passwords that the register makes: hexadecimal digits",
    ),
];

/// Where sea-orm is handed SQL by a function that takes it as an argument.
const HANDED_ON: &[&str] = &["backend/app/src/catalog/search/store.rs"];

/// The SQL of a file, and where something else stands in its place.
#[derive(Default, Clone)]
struct Sql {
    /// What a name stands for: constants, local texts, macros of one text.
    names: BTreeMap<String, String>,
    literals: Vec<String>,
    put_together: usize,
    handed_on: usize,
}

impl Sql {
    fn text(&self, expression: &syn::Expr) -> Option<String> {
        match expression {
            syn::Expr::Path(path) => self.names.get(&path.path.segments.last()?.ident.to_string()).cloned(),
            syn::Expr::Macro(call) => {
                let name = call.mac.path.segments.last()?.ident.to_string();
                if name == "concat" {
                    return arguments(&call.mac).iter().map(|part| self.text(part)).collect();
                }
                self.names.get(&format!("{name}!")).cloned()
            }
            other => literal(other),
        }
    }

    fn learn(&mut self, name: String, expression: &syn::Expr) {
        if let Some(text) = self.text(expression) {
            self.names.insert(name, text);
        }
    }
}

fn is_constant(expression: &syn::Expr) -> bool {
    let syn::Expr::Path(path) = expression else { return false };
    let name = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// First the names of a file, then what is called with them.
struct Names<'a>(&'a mut Sql);

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.0.learn(item.ident.to_string(), &item.expr);
        visit::visit_item_const(self, item);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (syn::Pat::Ident(name), Some(init)) = (&local.pat, &local.init) {
            self.0.learn(name.ident.to_string(), &init.expr);
        }
        visit::visit_local(self, local);
    }

    /// `macro_rules! columns { () => { "a.id, a.name" }; }`
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let Some(name) = &item.ident else { return };
        let text = item.mac.tokens.to_string();
        let Some((_, body)) = text.split_once("=>") else { return };
        let body = body.trim().trim_end_matches(';').trim().trim_matches(['{', '}', '(', ')']).trim();
        if let Ok(text) = syn::parse_str::<syn::LitStr>(body) {
            self.0.names.insert(format!("{name}!"), text.value());
        }
    }
}

impl<'ast> Visit<'ast> for Sql {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        let syn::Expr::Path(path) = &*call.func else { return };
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let Some(last) = names.last().map(String::as_str) else { return };
        let of = |owner: &str| names.len() > 1 && names[names.len() - 2] == owner;
        if FIRST.contains(&last) && of("sqlx") {
            match call.args.first().and_then(|argument| self.text(argument)) {
                // Several statements may go at once in the simple protocol only.
                Some(text) if last == "raw_sql" => {
                    self.literals.extend(text.split(';').map(ToOwned::to_owned));
                }
                Some(text) => self.literals.push(text),
                // `&'static str`, or it would not compile: no harm, only not tried here.
                None => {}
            }
        } else if SECOND.contains(&last) && of("Statement") {
            match call.args.iter().nth(1).and_then(|argument| self.text(argument)) {
                Some(text) => self.literals.push(text),
                // A constant whose text can't be read off here is one all the same.
                None if call.args.iter().nth(1).is_some_and(is_constant) => {}
                None => self.handed_on += 1,
            }
        } else if last == "AssertSqlSafe" {
            self.put_together += 1;
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        for argument in arguments(call) {
            self.visit_expr(&argument);
        }
    }
}

fn sql() -> Vec<(String, Sql)> {
    let files = rust(&["backend/app/src", "backend/entities/src"]);
    // A name may be a neighbour's; one of the file itself comes before it. Twice, for names made of names.
    let mut everywhere = Sql::default();
    for (_, file) in files.iter().chain(&files) {
        Names(&mut everywhere).visit_file(file);
    }
    files
        .into_iter()
        .map(|(path, file)| {
            let mut sql = everywhere.clone();
            Names(&mut sql).visit_file(&file);
            sql.visit_file(&file);
            (path, sql)
        })
        .collect()
}

#[test]
fn no_sql_is_made_of_what_somebody_typed() {
    let mut faults = Vec::new();
    for (path, sql) in sql() {
        if sql.put_together > 0 && !PUT_TOGETHER.iter().any(|(file, _)| *file == path) {
            faults.push(format!("{path}: AssertSqlSafe"));
        }
        if sql.handed_on > 0 && !HANDED_ON.contains(&path.as_str()) {
            faults.push(format!("{path}: a Statement of something that is no literal"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn every_literal_is_good_against_the_schema() {
    let register = Register::empty().await;
    let mut connection = register.database.connect().await;
    let mut faults = Vec::new();
    let mut tried = 0;
    for (path, sql) in sql() {
        for text in sql.literals {
            tried += 1;
            let statement = AssertSqlSafe(text.clone()).into_sql_str();
            if let Err(error) = connection.prepare(statement).await {
                // The type of a parameter may hang on what is bound: that is no fault of the text.
                let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
                if code.as_deref() != Some("42P18") {
                    faults.push(format!("{path}: {error}\n{text}"));
                }
            }
        }
    }
    assert!(tried > 50, "only {tried} texts were found");
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

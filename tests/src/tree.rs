//! The project's own files as tests read them: the Rust below `backend` by syn, the rest as text.

use std::fs;
use std::path::{Path, PathBuf};

/// The top of the project.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder above").to_owned()
}

/// A file of the project.
#[derive(Debug, Clone)]
pub struct Text {
    /// The path from the top, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// The files below some folders whose names end so, without what is built or installed there.
#[must_use]
pub fn texts(folders: &[&str], endings: &[&str]) -> Vec<Text> {
    let top = root();
    let mut found: Vec<Text> = folders
        .iter()
        .flat_map(|folder| {
            walkdir::WalkDir::new(top.join(folder)).into_iter().filter_entry(|entry| {
                !["node_modules", "target", "shots"].iter().any(|name| entry.file_name() == *name)
            })
        })
        .map(|entry| entry.expect("a folder that can be read").into_path())
        .filter(|path| path.is_file() && endings.iter().any(|end| path.to_string_lossy().ends_with(end)))
        .map(|path| Text {
            path: path.strip_prefix(&top).expect("below the top").to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no files {endings:?} in {folders:?}");
    found
}

/// The Rust files below some folders, parsed.
#[must_use]
pub fn rust(folders: &[&str]) -> Vec<(String, syn::File)> {
    rust_with(folders, "")
}

/// The same, but only those files in which these words stand: to parse all takes seconds.
#[must_use]
pub fn rust_with(folders: &[&str], words: &str) -> Vec<(String, syn::File)> {
    texts(folders, &[".rs"])
        .into_iter()
        .filter(|file| file.text.contains(words))
        .map(|file| {
            let parsed = syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
            (file.path, parsed)
        })
        .collect()
}

/// The text of a string literal.
#[must_use]
pub fn literal(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        syn::Expr::Paren(inner) => literal(&inner.expr),
        syn::Expr::Reference(inner) => literal(&inner.expr),
        _ => None,
    }
}

/// What a macro was called with, where that is a list of expressions.
#[must_use]
pub fn arguments(call: &syn::Macro) -> Vec<syn::Expr> {
    use syn::punctuated::Punctuated;
    call.parse_body_with(Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated)
        .map(|list| list.into_iter().collect())
        .unwrap_or_default()
}

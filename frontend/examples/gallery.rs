//! Writes every page with every sample in both languages to a folder, to be looked at without the server:
//! `cargo run -p cadastre-frontend --example gallery -- OUTDIR`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cadastre_frontend::{Language, asset, asset_names, asset_url, samples};

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).ok_or("gallery OUTDIR")?;
    let out = Path::new(&out);
    for name in asset_names() {
        let file = out.join("assets").join(name);
        fs::create_dir_all(file.parent().ok_or("no folder")?)?;
        let (bytes, _) = asset(asset_url(name).trim_start_matches("/_/")).ok_or("no asset")?;
        fs::write(file, bytes)?;
    }
    let mut index = String::from("<!doctype html><meta charset=utf-8><title>Gallery</title><ul>");
    for language in [Language::En, Language::Zh] {
        for sample in samples::all(language)? {
            let file = format!("{}.{}.{language}.html", sample.page, sample.name);
            fs::write(out.join(&file), beside(&sample.html))?;
            write!(index, "<li><a href=\"{file}\">{file}</a>")?;
        }
    }
    fs::write(out.join("index.html"), index)?;
    Ok(())
}

/// The page with the addresses of its assets made relative.
fn beside(html: &str) -> String {
    asset_names()
        .fold(html.to_owned(), |html, name| html.replace(&asset_url(name), &format!("assets/{name}")))
}

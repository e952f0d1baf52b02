//! Every page with made-up content: empty, full, hostile. For the tests and the gallery; not in the product.

mod access;
mod catalog;
mod datasets;
mod doors;
mod drawing;
mod jobs;
mod lineage;
mod people;
mod quality;
mod register;
mod sources;

use cadastre_model::Language;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{Chrome, Csrf, Nav, Page, RenderError, T, Theme, Visitor};

/// A page drawn with one sample.
#[derive(Debug)]
pub struct Sample {
    /// The page, as `people-sign-in`.
    pub page: &'static str,
    /// Which sample: `empty`, `full`, `hostile` or what it shows.
    pub name: &'static str,
    /// The page as HTML.
    pub html: String,
}

/// Something that tries to become markup, script, or to break out of an attribute.
pub const HOSTILE: &str = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>\u{202e}&#0;{{7*7}}";

/// The reader of the samples: a fixed moment, so that pages come out the same each time.
#[must_use]
pub fn reader(language: Language) -> T {
    T::new(language, Tz::Asia__Shanghai, at(0))
}

/// A moment so many seconds before the reader's now: 2026-11-20 09:00 UTC.
#[must_use]
pub fn at(seconds_ago: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_165_200 - seconds_ago, 0).unwrap_or_default()
}

/// A random-looking public id.
#[must_use]
pub fn id(n: u32) -> String {
    format!("{:08x}-5e1d-4c3a-9b7f-{:012x}", n.wrapping_mul(2_654_435_761), u64::from(n) * 7_777_777_777)
}

/// The frame of somebody who may go everywhere.
#[must_use]
pub fn chrome(language: Language, url: &str) -> Chrome {
    Chrome {
        t: reader(language),
        theme: Theme::Auto,
        visitor: Some(Visitor::new(id(1), "Sales steward")),
        nav: Nav::ALL.to_vec(),
        csrf: Csrf::new("c5rf-t0ken-0f-the-se551on"),
        url: url.to_owned(),
        search: String::new(),
        bell: Some(3),
        incidents: Some(2),
        flash: None,
        request_id: "01J5Z7Q3V8".to_owned(),
        is_fragment: false,
    }
}

/// The frame before sign-in.
#[must_use]
pub fn stranger(language: Language, url: &str) -> Chrome {
    Chrome { visitor: None, nav: Vec::new(), ..chrome(language, url) }
}

/// Collects the samples of a language.
struct Album {
    language: Language,
    samples: Vec<Sample>,
}

impl Album {
    fn chrome(&self, url: &str) -> Chrome {
        chrome(self.language, url)
    }

    fn add(&mut self, page: &'static str, name: &'static str, view: &impl Page) -> Result<(), RenderError> {
        self.samples.push(Sample { page, name, html: view.html()? });
        Ok(())
    }
}

/// All pages with all their samples in a language.
///
/// # Errors
/// When one cannot be drawn.
pub fn all(language: Language) -> Result<Vec<Sample>, RenderError> {
    let mut album = Album { language, samples: Vec::new() };
    doors::add(&mut album)?;
    sources::add(&mut album)?;
    catalog::add(&mut album)?;
    datasets::add(&mut album)?;
    lineage::add(&mut album)?;
    jobs::add(&mut album)?;
    quality::add(&mut album)?;
    access::add(&mut album)?;
    people::add(&mut album)?;
    register::add(&mut album)?;
    Ok(album.samples)
}

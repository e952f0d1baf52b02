//! From a view struct to HTML.

use askama::Template;

use crate::icons;

/// Why a page could not be drawn: a fault of ours, never of the visitor.
pub type RenderError = askama::Error;

/// What can be drawn. Every view struct is a page by its template.
pub trait Page: Template {
    /// The HTML of the page, or of its inner part where the frame says fragment.
    ///
    /// # Errors
    /// When a template fails to write, which has no cause in what the page holds.
    fn html(&self) -> Result<String, RenderError> {
        Ok(icons::with_symbols(&self.render()?))
    }
}

impl<V: Template> Page for V {}

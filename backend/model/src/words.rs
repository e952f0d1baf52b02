//! How a closed set of words is written: one macro, so that every enum is spelled once.

use std::fmt;

/// A word that is not in the set. Says which set, and which words are in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {set}; known are: {known}")]
pub struct Unknown {
    /// What was written.
    pub word: String,
    /// The name of the set, for people.
    pub set: &'static str,
    /// The words of the set, separated by commas.
    pub known: String,
}

impl Unknown {
    pub(crate) fn new<T: fmt::Display>(word: &str, set: &'static str, all: &[T]) -> Self {
        let known = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Self { word: word.to_owned(), set, known }
    }
}

/// Declares an enum whose variants are stored, sent and read as one lower-case word each.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $set:literal { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every word of the set, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word as it is stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Unknown;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::Unknown::new(word, $set, Self::ALL)),
                }
            }
        }
    };
}
pub(crate) use words;

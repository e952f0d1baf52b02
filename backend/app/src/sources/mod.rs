//! Sources: the systems that data lives in. What reads them is in [`reader`], which knows nothing of the
//! register's own database.

pub mod reader;

//! What the visitor sees: a struct in, HTML out.

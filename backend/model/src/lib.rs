//! Ids, names, enums and value objects of the register. No input, no output.

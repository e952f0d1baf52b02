//! m
fn main() -> std::io::Result<()> { sql_lineage::cli::run() }

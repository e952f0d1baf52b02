//! c
use std::io::{BufRead, Write};
/// x
pub fn run() -> std::io::Result<()> {
    let stdin = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let o = crate::Options::default();
    for line in stdin.lines() {
        let c: crate::protocol::Case = serde_json::from_str(&line?).map_err(std::io::Error::other)?;
        let a = crate::protocol::answer(c, &o);
        serde_json::to_writer(&mut out, &a)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

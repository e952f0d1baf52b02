//! Keys that are no secret: refused wherever they come from.

use super::LENGTH;

/// How to make a good one, for the messages.
pub(super) const MAKE: &str =
    "make one with `head -c 32 /dev/urandom | base64`, or delete the file for a new one";

/// The key that the documentation prints; whoever copies it shares it with every reader.
pub(super) const SAMPLE: [u8; LENGTH] = [
    0x9c, 0x1f, 0x53, 0xe8, 0x2a, 0x70, 0xb4, 0x0d, 0x66, 0xfb, 0x91, 0x3e, 0xc5, 0x18, 0xa2, 0x7d, 0x4b,
    0xd0, 0x87, 0x35, 0xee, 0x5c, 0x09, 0xf6, 0x21, 0xba, 0x74, 0x9f, 0x03, 0xcd, 0x68, 0x12,
];

/// Refuses a key that is the sample, repeats itself, counts up or down, is text, or has few different bytes.
/// A random key fails here once in 10^13 times.
pub(super) fn check(secret: &[u8; LENGTH]) -> Result<(), String> {
    let why = if *secret == SAMPLE {
        "is the sample key of the documentation"
    } else if (1..=LENGTH / 2).any(|period| secret.iter().zip(&secret[period..]).all(|(a, b)| a == b)) {
        "repeats itself"
    } else if steady(secret) {
        "counts up or down"
    } else if secret.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
        "is text that somebody wrote"
    } else if distinct(secret) < 12 {
        "has too few different bytes"
    } else {
        return Ok(());
    };
    Err(format!("this key {why}: {MAKE}"))
}

fn steady(secret: &[u8]) -> bool {
    let step = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
    let first = step(&secret[..2]);
    secret.windows(2).all(|pair| step(pair) == first)
}

fn distinct(secret: &[u8]) -> usize {
    let mut bytes = secret.to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

//! What the server sends, watched before the driver sees it.
//!
//! The driver trusts the server: it would answer a request for the password in the clear, take a message of two
//! gigabytes into memory, and compute as many rounds of a hash as it is told. A source is not trusted like that, so the
//! frames of the protocol are followed here (five bytes of state, no copy), and the line is cut when they are not those
//! of an honest server.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// A line to a server, in the clear or not.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// One message of the server, at most: a row holds a definition and a comment, each cut at the server.
const LONGEST_MESSAGE: u32 = 64 << 20;
/// One message before the server has let us in.
const LONGEST_GREETING: u32 = 64 << 10;
/// Rounds of SCRAM's hash: PostgreSQL's default is 4,096; a million take about a second.
const MOST_ROUNDS: u64 = 1_000_000;

/// What an honest server does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Violation {
    /// The first bytes are not PostgreSQL's.
    NotPostgresql,
    /// The password is asked for in the clear, on a line in the clear.
    CleartextPassword,
    /// The server wants more rounds of the hash than are reasonable.
    TooManyRounds,
    /// A message is longer than any we ask for.
    LongMessage,
    /// More bytes than a listing may have.
    TooManyBytes,
}

/// What was seen on a line; shared with whoever waits for it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    heard: AtomicBool,
    hearing: Notify,
    bytes: AtomicU64,
    violation: Mutex<Option<Violation>>,
}

impl Seen {
    /// Whether a message of a PostgreSQL server has come.
    pub(super) fn heard(&self) -> bool {
        self.heard.load(Ordering::Acquire)
    }

    /// Waits until the first message of a PostgreSQL server has come.
    pub(super) async fn first_word(&self) {
        while !self.heard() {
            let hearing = self.hearing.notified();
            if self.heard() {
                return;
            }
            hearing.await;
        }
    }

    /// Why the line was cut from this side.
    pub(super) fn violation(&self) -> Option<Violation> {
        *self.violation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self, violation: Violation) -> io::Error {
        *self.violation.lock().unwrap_or_else(PoisonError::into_inner) = Some(violation);
        io::Error::new(io::ErrorKind::InvalidData, format!("{violation:?}"))
    }

    fn hear(&self) {
        if !self.heard.swap(true, Ordering::AcqRel) {
            self.hearing.notify_waiters();
        }
    }
}

/// A line whose incoming frames are followed.
pub(super) struct Watched {
    line: Box<dyn Line>,
    encrypted: bool,
    most_bytes: u64,
    frames: Frames,
    seen: Arc<Seen>,
}

impl Watched {
    /// Watches a line on which nothing of the protocol proper has been read yet.
    pub(super) fn new(line: Box<dyn Line>, encrypted: bool, most_bytes: u64) -> Self {
        Self { line, encrypted, most_bytes, frames: Frames::default(), seen: Arc::default() }
    }

    /// What was seen, and will be.
    pub(super) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    fn look(&mut self, bytes: &[u8]) -> io::Result<()> {
        let before = self.seen.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if before + bytes.len() as u64 > self.most_bytes {
            return Err(self.seen.cut(Violation::TooManyBytes));
        }
        self.frames.follow(bytes, self.encrypted, &self.seen).map_err(|violation| self.seen.cut(violation))
    }
}

/// Where in the stream of frames we are: a tag, four bytes of length, a body.
#[derive(Debug, Default)]
struct Frames {
    header: [u8; 5],
    have: usize,
    /// Bytes of the current body that are still to come.
    left: u32,
    /// Whether the server has let us in.
    admitted: bool,
    /// The body of a request for authentication.
    request: Option<Vec<u8>>,
}

impl Frames {
    fn follow(&mut self, mut bytes: &[u8], encrypted: bool, seen: &Seen) -> Result<(), Violation> {
        while !bytes.is_empty() {
            if self.have < 5 {
                let take = (5 - self.have).min(bytes.len());
                self.header[self.have..self.have + take].copy_from_slice(&bytes[..take]);
                self.have += take;
                bytes = &bytes[take..];
                if self.have < 5 {
                    break;
                }
                self.begin()?;
                seen.hear();
            }
            let take = bytes.len().min(self.left as usize);
            if let Some(request) = &mut self.request {
                request.extend_from_slice(&bytes[..take]);
            }
            bytes = &bytes[take..];
            self.left -= u32::try_from(take).unwrap_or(u32::MAX);
            if self.left == 0 {
                self.end(encrypted)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Violation> {
        let [tag, a, b, c, d] = self.header;
        let length = u32::from_be_bytes([a, b, c, d]);
        if !self.admitted && (!matches!(tag, b'R' | b'E' | b'N' | b'v') || length > LONGEST_GREETING) {
            return Err(Violation::NotPostgresql);
        }
        if length > LONGEST_MESSAGE {
            return Err(Violation::LongMessage);
        }
        self.left = length.checked_sub(4).ok_or(Violation::NotPostgresql)?;
        self.request = (tag == b'R').then(Vec::new);
        Ok(())
    }

    fn end(&mut self, encrypted: bool) -> Result<(), Violation> {
        self.have = 0;
        let Some(request) = self.request.take() else { return Ok(()) };
        match request.split_first_chunk().map(|(code, rest)| (u32::from_be_bytes(*code), rest)) {
            Some((0, _)) => self.admitted = true,
            Some((3, _)) if !encrypted => return Err(Violation::CleartextPassword),
            Some((11, rest)) if rounds(rest).is_none_or(|rounds| rounds > MOST_ROUNDS) => {
                return Err(Violation::TooManyRounds);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The `i=` of `r=…,s=…,i=4096`.
fn rounds(challenge: &[u8]) -> Option<u64> {
    let challenge = std::str::from_utf8(challenge).ok()?;
    challenge.split(',').find_map(|part| part.strip_prefix("i="))?.parse().ok()
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.line).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => Poll::Ready(self.look(&buf.filled()[before..])),
            other => other,
        }
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag][..], &length, body].concat()
    }

    fn request(code: u32, rest: &[u8]) -> Vec<u8> {
        message(b'R', &[&code.to_be_bytes()[..], rest].concat())
    }

    /// Follows bytes in pieces of a size.
    fn follow(bytes: &[u8], piece: usize, encrypted: bool) -> Result<bool, Violation> {
        let (mut frames, seen) = (Frames::default(), Seen::default());
        for piece in bytes.chunks(piece) {
            frames.follow(piece, encrypted, &seen)?;
        }
        Ok(seen.heard())
    }

    proptest! {
        #[test]
        fn how_the_bytes_arrive_makes_no_difference(piece in 1_usize..40) {
            let scram = request(11, b"r=abc,s=c2FsdA==,i=4096");
            let honest = [scram, request(0, b""), message(b'S', b"a\0b\0"), message(b'Z', b"I")].concat();
            prop_assert_eq!(follow(&honest, piece, false), Ok(true));
            let asking = [message(b'N', b"\0"), request(3, b"")].concat();
            prop_assert_eq!(follow(&asking, piece, false), Err(Violation::CleartextPassword));
            prop_assert_eq!(follow(&asking, piece, true), Ok(true));
            let grinding = request(11, b"r=abc,s=c2FsdA==,i=2000000000");
            prop_assert_eq!(follow(&grinding, piece, true), Err(Violation::TooManyRounds));
            prop_assert_eq!(follow(b"HTTP/1.1 400 Bad Request\r\n", piece, false), Err(Violation::NotPostgresql));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), piece in 1_usize..20) {
            let _ = follow(&bytes, piece, false);
        }
    }

    #[test]
    fn a_huge_message_is_cut_at_its_header() {
        let bytes = [request(0, b""), vec![b'D', 0x40, 0, 0, 0]].concat();
        assert_eq!(follow(&bytes, 64, true), Err(Violation::LongMessage));
    }

    #[test]
    fn silence_and_half_a_header_are_not_heard() {
        assert_eq!(follow(b"R\0\0", 1, false), Ok(false));
    }
}

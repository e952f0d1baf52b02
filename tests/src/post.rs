//! Where letters and web requests arrive in tests: a server that speaks SMTP as far as a sender asks it, and one that takes
//! requests and answers as it is told.

use crate::fake::Identity;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A letter as it arrived.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Whom the envelope names.
    pub to: Vec<String>,
    /// Headers and body, as they came.
    pub text: String,
}

/// A mail server on loopback. It takes everything, unless it is told to refuse.
#[derive(Debug, Clone)]
pub struct MailBox {
    /// Where it listens.
    pub address: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
    refusals: Arc<Mutex<usize>>,
}

impl MailBox {
    /// Opens one.
    ///
    /// # Panics
    /// When loopback has no port left.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = Self { address, letters: Arc::default(), refusals: Arc::default() };
        let served = server.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let server = served.clone();
                tokio::spawn(async move { server.talk(line).await });
            }
        });
        server
    }

    /// The letters that have arrived.
    ///
    /// # Panics
    /// When a conversation has panicked.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().expect("letters").clone()
    }

    /// Refuses the next letters for the time being (451).
    ///
    /// # Panics
    /// When a conversation has panicked.
    pub fn refuse(&self, count: usize) {
        *self.refusals.lock().expect("refusals") = count;
    }

    fn refuses(&self) -> bool {
        let mut left = self.refusals.lock().expect("refusals");
        let refuses = *left > 0;
        *left = left.saturating_sub(1);
        refuses
    }

    async fn talk(&self, line: TcpStream) {
        let (read, mut write) = line.into_split();
        let mut read = BufReader::new(read);
        let mut to = Vec::new();
        if write.write_all(b"220 letters\r\n").await.is_err() {
            return;
        }
        let mut said = String::new();
        while read.read_line(&mut said).await.is_ok_and(|count| count > 0) {
            let words = said.trim_end().to_owned();
            said.clear();
            let answer: &[u8] = match words.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => b"250-letters\r\n250 8BITMIME\r\n",
                "MAIL" if self.refuses() => b"451 not now\r\n",
                "RCPT" => {
                    to.push(words[8..].to_owned());
                    b"250 ok\r\n"
                }
                "DATA" => {
                    let _ = write.write_all(b"354 go on\r\n").await;
                    let text = data(&mut read).await;
                    self.letters.lock().expect("letters").push(Letter { to: std::mem::take(&mut to), text });
                    b"250 taken\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            if write.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

async fn data(read: &mut (impl AsyncBufReadExt + Unpin)) -> String {
    let mut text = String::new();
    while read.read_line(&mut text).await.is_ok_and(|count| count > 0) {
        if text.ends_with("\r\n.\r\n") {
            break;
        }
    }
    text.trim_end_matches(".\r\n").to_owned()
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Method and target.
    pub line: String,
    /// Headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// A server on loopback that takes requests, and answers in turn as it is told; 200 when it is told nothing more.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Where it listens.
    pub address: SocketAddr,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Hook {
    /// Opens one.
    ///
    /// # Panics
    /// When loopback has no port left.
    pub async fn open() -> Self {
        let (hook, listener) = Self::bound().await;
        let served = hook.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let hook = served.clone();
                tokio::spawn(async move { hook.take(line).await });
            }
        });
        hook
    }

    /// Opens one behind TLS.
    ///
    /// # Panics
    /// When loopback has no port left.
    pub async fn open_tls(identity: &Identity) -> Self {
        let (hook, listener) = Self::bound().await;
        let (served, acceptor) = (hook.clone(), identity.acceptor());
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let (hook, acceptor) = (served.clone(), acceptor.clone());
                tokio::spawn(async move { hook.take(acceptor.accept(line).await.ok()?).await });
            }
        });
        hook
    }

    async fn bound() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        (Self { address, arrivals: Arc::default(), answers: Arc::default() }, listener)
    }

    /// Answers the next request so: status line and further headers, without the last line break.
    ///
    /// # Panics
    /// When a conversation has panicked.
    pub fn answer(&self, head: &str) {
        self.answers.lock().expect("answers").push_back(head.to_owned());
    }

    /// What has arrived.
    ///
    /// # Panics
    /// When a conversation has panicked.
    #[must_use]
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().expect("arrivals").clone()
    }

    async fn take(&self, line: impl AsyncRead + AsyncWrite) -> Option<()> {
        let (read, mut write) = tokio::io::split(line);
        let mut read = BufReader::new(read);
        let mut first = String::new();
        read.read_line(&mut first).await.ok().filter(|count| *count > 0)?;
        let mut headers = BTreeMap::new();
        loop {
            let mut header = String::new();
            read.read_line(&mut header).await.ok()?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        read.read_exact(&mut body).await.ok()?;
        let body = String::from_utf8_lossy(&body).into_owned();
        self.arrivals.lock().expect("arrivals").push(Arrival {
            line: first.trim_end().to_owned(),
            headers,
            body,
        });
        let head = self.answers.lock().expect("answers").pop_front();
        let head = head.unwrap_or_else(|| "HTTP/1.1 200 OK".to_owned());
        write.write_all(format!("{head}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await.ok()
    }
}

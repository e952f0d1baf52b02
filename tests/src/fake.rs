//! Servers that do not behave: each plays PostgreSQL as far as it must, and then one bad trick.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a fake server does with whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Takes the line and never says a word.
    Silent,
    /// Takes the line and drops it at once, by RST.
    Reset,
    /// Speaks another protocol.
    Http,
    /// Agrees to TLS and says no more.
    StalledHandshake,
    /// Has no TLS.
    NoTls,
    /// Asks for the password in the clear.
    AsksCleartext,
    /// Asks for a hash of two thousand million rounds.
    AsksManyRounds,
    /// Lets in, and answers the first query with a message of 1 GB.
    HugeMessage,
    /// Lets in, and answers the first query with rows without end.
    EndlessRows,
    /// Lets in, and answers the first query a byte a second.
    Drip,
    /// Lets in, and drops the line by RST in the middle of a row.
    ResetInARow,
    /// Lets in, and answers with bytes that are no messages.
    Garbage,
}

/// A fake server on a free port of 127.0.0.1; gone with this value.
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    visits: Arc<AtomicUsize>,
    passwords: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl FakeServer {
    /// Starts one.
    pub async fn start(trick: Trick) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (visits, passwords) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (seen, asked) = (Arc::clone(&visits), Arc::clone(&passwords));
        let task = tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                seen.fetch_add(1, Ordering::SeqCst);
                let asked = Arc::clone(&asked);
                // That the visitor leaves is what is wanted.
                tokio::spawn(async move { drop(play(trick, line, &asked).await) });
            }
        });
        Self { address, visits, passwords, task }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many lines were made to it.
    #[must_use]
    pub fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// How many passwords it was given.
    #[must_use]
    pub fn passwords(&self) -> usize {
        self.passwords.load(Ordering::SeqCst)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(trick: Trick, mut line: TcpStream, passwords: &AtomicUsize) -> std::io::Result<()> {
    let ages = Duration::from_secs(3600);
    match trick {
        Trick::Silent => tokio::time::sleep(ages).await,
        Trick::Reset => reset(line)?,
        Trick::Http => {
            line.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await?;
            line.shutdown().await?;
        }
        Trick::StalledHandshake => {
            startup(&mut line).await?;
            line.write_all(b"S").await?;
            tokio::time::sleep(ages).await;
        }
        Trick::NoTls => {
            startup(&mut line).await?;
            line.write_all(b"N").await?;
            tokio::time::sleep(ages).await;
        }
        Trick::AsksCleartext => {
            startup(&mut line).await?;
            line.write_all(&request(3, b"")).await?;
            if line.read_u8().await? == b'p' {
                passwords.fetch_add(1, Ordering::SeqCst);
            }
        }
        Trick::AsksManyRounds => many_rounds(&mut line).await?,
        _ => {
            admit(&mut line).await?;
            answer(trick, line).await?;
        }
    }
    Ok(())
}

/// Asks for SCRAM, and continues the client's nonce as it should be.
async fn many_rounds(line: &mut TcpStream) -> std::io::Result<()> {
    startup(line).await?;
    line.write_all(&request(10, b"SCRAM-SHA-256\0\0")).await?;
    let first = String::from_utf8_lossy(&message(line).await?).into_owned();
    let nonce = first.split("r=").nth(1).unwrap_or_default();
    line.write_all(&request(11, format!("r={nonce}x,s=c2FsdA==,i=2000000000").as_bytes())).await?;
    message(line).await.map(drop)
}

async fn answer(trick: Trick, mut line: TcpStream) -> std::io::Result<()> {
    // BEGIN and its companions are answered as they should be; the first real query gets the trick.
    message(&mut line).await?;
    line.write_all(&[tagged(b'C', b"BEGIN\0"), tagged(b'Z', b"T")].concat()).await?;
    message(&mut line).await?;
    let described = [tagged(b'1', b""), tagged(b'2', b""), row_description()].concat();
    let row = tagged(b'D', &[&1_u16.to_be_bytes()[..], &5_u32.to_be_bytes(), b"hello"].concat());
    match trick {
        Trick::HugeMessage => {
            line.write_all(&[&described[..], b"D\x40\0\0\0\0\x01"].concat()).await?;
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        Trick::EndlessRows => {
            line.write_all(&described).await?;
            let many = row.repeat(1_000);
            loop {
                line.write_all(&many).await?;
            }
        }
        Trick::Drip => loop {
            for byte in &described {
                line.write_all(std::slice::from_ref(byte)).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        },
        Trick::ResetInARow => {
            line.write_all(&[&described[..], &row[..7]].concat()).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            reset(line)?;
        }
        _ => line.write_all(&[0x5a, 0, 0, 0, 1, 0xff, 0xff]).await?,
    }
    Ok(())
}

fn reset(line: TcpStream) -> std::io::Result<()> {
    line.set_zero_linger()?;
    drop(line);
    Ok(())
}

async fn admit(line: &mut TcpStream) -> std::io::Result<()> {
    startup(line).await?;
    let key = tagged(b'K', &[0; 8]);
    line.write_all(&[request(0, b""), key, tagged(b'Z', b"I")].concat()).await
}

/// Reads what has no tag: the startup message, or the request for TLS.
async fn startup(line: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    body(line).await
}

/// Reads one message of the client.
async fn message(line: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    line.read_u8().await?;
    body(line).await
}

async fn body(line: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = line.read_u32().await? as usize;
    let mut body = vec![0; length.saturating_sub(4).min(1 << 20)];
    line.read_exact(&mut body).await?;
    Ok(body)
}

fn tagged(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("short").to_be_bytes();
    [&[tag][..], &length, body].concat()
}

fn request(code: u32, rest: &[u8]) -> Vec<u8> {
    tagged(b'R', &[&code.to_be_bytes()[..], rest].concat())
}

/// One column of type text.
fn row_description() -> Vec<u8> {
    let column = [&b"c\0"[..], &[0; 6], &25_u32.to_be_bytes(), &(-1_i16).to_be_bytes(), &[0xff; 4], &[0, 1]];
    tagged(b'T', &[&1_u16.to_be_bytes()[..], &column.concat()].concat())
}

/// A server's certificate and what it is signed by.
#[derive(Debug)]
pub struct Identity {
    /// The authority's certificate, PEM.
    pub ca: String,
    config: Arc<rustls::ServerConfig>,
}

impl Identity {
    /// A certificate for a host, by an authority of its own; expired if so wished.
    #[must_use]
    pub fn of(host: &str, expired: bool) -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        authority
            .distinguished_name
            .push(rcgen::DnType::CommonName, format!("authority {}", uuid::Uuid::new_v4()));
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca = authority.self_signed(&key).expect("a certificate").pem();
        let issuer = rcgen::Issuer::new(authority, key);
        let mut server = rcgen::CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        if expired {
            server.not_before = rcgen::date_time_ymd(2001, 1, 1);
            server.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let server_key = rcgen::KeyPair::generate().expect("a key");
        let certificate = server.signed_by(&server_key, &issuer).expect("a certificate");
        let private = rustls::pki_types::PrivatePkcs8KeyDer::from(server_key.serialize_der());
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|builder| {
                    builder
                        .with_no_client_auth()
                        .with_single_cert(vec![certificate.der().clone()], private.into())
                })
                .expect("a configuration");
        Self { ca, config: Arc::new(config) }
    }

    /// What answers by it.
    pub(crate) fn acceptor(&self) -> tokio_rustls::TlsAcceptor {
        tokio_rustls::TlsAcceptor::from(Arc::clone(&self.config))
    }
}

/// TLS in front of a real server: answers the request for TLS, and hands on what is inside.
#[derive(Debug)]
pub struct TlsFront {
    port: u16,
    task: JoinHandle<()>,
}

impl TlsFront {
    /// Starts one in front of a port of 127.0.0.1.
    pub async fn start(identity: &Identity, behind: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = identity.acceptor();
        let task = tokio::spawn(async move {
            while let Ok((mut line, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    body(&mut line).await?;
                    line.write_all(b"S").await?;
                    relay(acceptor.accept(line).await?, behind).await
                });
            }
        });
        Self { port, task }
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(mut front: impl AsyncRead + AsyncWrite + Unpin, behind: u16) -> std::io::Result<()> {
    let mut back = TcpStream::connect(("127.0.0.1", behind)).await?;
    tokio::io::copy_bidirectional(&mut front, &mut back).await.map(drop)
}

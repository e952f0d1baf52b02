//! `cadastre serve`: starts what there is in order, and stops it in the reverse order.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::{Context, Refusal, say};
use crate::keys::Keys;
use crate::postgres::Database;
use crate::shutdown::Shutdown;
use crate::start::StartError;

/// Run the register
#[derive(Debug, clap::Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let config = context.config();
        let shutdown = Shutdown::by_signal()?;
        // The cheap refusal first: a port in use must not make or start a database.
        let listener = listen(config.listen).await?;
        let database = Database::serve(config).await?;
        let (keys, made) = Keys::read_or_make(&config.key_file())?;
        if made {
            say(format_args!("A new key file is at {}: keep a copy apart from backups.", config.key_file().display()))?;
        }
        tracing::info!("sealing with key {}", keys.current());
        say(format_args!("Cadastre is ready at {}", config.address()))?;
        shutdown.asked().await;
        drop(listener);
        tokio::select! {
            () = database.stop() => Ok(()),
            () = shutdown.hurried() => Err(Refusal::new("asked twice to stop: went at once")),
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|why| {
        let why = match why.kind() {
            ErrorKind::AddrInUse => "another program has this port: stop it, or choose another by --listen".into(),
            ErrorKind::PermissionDenied => "this user may not take this port: choose one above 1023".into(),
            ErrorKind::AddrNotAvailable => "this machine has no such address: choose another by --listen".into(),
            _ => why.to_string(),
        };
        StartError::Listen { address, why }
    })
}

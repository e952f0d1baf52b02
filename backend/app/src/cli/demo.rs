//! `cadastre demo`: a register that is filled before the first person sees it, from a sample company with real databases.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::serve::{self, Beside};
use super::{Context, Refusal, say};
use crate::app::App;
use crate::config::Source;
use crate::demo::{Account, Company, fill};
use crate::postgres::Database;
use crate::shutdown::Shutdown;
use crate::start::StartError;

/// Run a register that knows a sample company: a shop and a warehouse in a second private PostgreSQL
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Fill the register and the company, print the accounts, and end
    #[arg(long)]
    only_fill: bool,
}

/// Where the accounts are kept for the next start, for nobody else to read.
const ACCOUNTS: &str = "demo-accounts.json";

impl Demo {
    pub(super) async fn run(self, mut context: Context) -> Result<(), Refusal> {
        let config = &mut context.loaded.config;
        if config.database_url.is_some() {
            return Err(Refusal::new("the demo keeps its own PostgreSQL: run it without DATABASE_URL"));
        }
        // Not among what a real register keeps, unless a place was named.
        if context.loaded.source("data_dir") == Source::Default {
            let config = &mut context.loaded.config;
            config.data_dir = config.data_dir.join("demo");
        }
        let config = &context.loaded.config;
        let shutdown = Shutdown::by_signal()?;
        let listener = serve::listen(config.listen).await?;
        let database = Database::serve(config).await?;
        let life = async {
            let told = |number, of, file: &str| {
                // Progress is for who watches; that nobody does is no reason to stop.
                drop(say(format_args!("sample company {number:>2}/{of}  {file}")));
            };
            let company =
                Company::open(&config.data_dir.join("company"), config.postgres_bin.as_deref(), &told).await?;
            let beside = DemoBeside { company: &company, dir: &config.data_dir, only_fill: self.only_fill };
            let ended = serve::register(&context.loaded, &database, listener, &shutdown, beside).await;
            company.stop().await;
            database.stop().await;
            ended
        };
        tokio::select! {
            ended = life => ended,
            () = shutdown.hurried() => Err(Refusal::new("asked twice to stop: went at once")),
        }
    }
}

struct DemoBeside<'a> {
    company: &'a Company,
    dir: &'a Path,
    only_fill: bool,
}

impl Beside for DemoBeside<'_> {
    /// The operator's allow-list holds the company's cluster, and nothing else of this machine.
    fn options(&self, options: &mut crate::app::Options) -> Result<(), Refusal> {
        let network = format!("127.0.0.1/32:{}", self.company.port());
        options.networks.push(network.parse().map_err(Refusal::new)?);
        Ok(())
    }

    async fn ready(&self, app: &App, address: &str) -> Result<bool, Refusal> {
        let file = self.dir.join(ACCOUNTS);
        let accounts = if crate::people::set_up::is_first_start(app).await? {
            let accounts = fill(app, self.company, &|what| drop(say(what))).await?;
            keep(&file, &accounts)?;
            accounts
        } else {
            crate::demo::reconnect(app, self.company).await?;
            kept(&file)
        };
        say(format_args!("\nThe demo is ready: {address}\n"))?;
        for account in &accounts {
            say(format_args!("  {:<8} {:<18} {}", account.login, account.password, account.what))?;
        }
        if accounts.is_empty() {
            say("  The accounts are as they were; `cadastre user password LOGIN` makes a new password.")?;
        }
        say(format_args!("\n  In the shell: cadastre COMMAND --data-dir {}", self.dir.display()))?;
        Ok(!self.only_fill)
    }
}

fn keep(file: &Path, accounts: &[Account]) -> Result<(), Refusal> {
    let unusable = |why: std::io::Error| StartError::Unusable { path: file.to_owned(), why: why.to_string() };
    let text = serde_json::to_string_pretty(accounts).map_err(Refusal::new)?;
    let mut options = std::fs::OpenOptions::new();
    let mut out = options.write(true).create(true).truncate(true).mode(0o600).open(file).map_err(unusable)?;
    out.write_all(text.as_bytes()).map_err(unusable)?;
    Ok(())
}

/// What was kept; nothing when the file is gone or was changed.
fn kept(file: &Path) -> Vec<Account> {
    let mut text = String::new();
    let read = std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text));
    if read.is_err() { Vec::new() } else { serde_json::from_str(&text).unwrap_or_default() }
}

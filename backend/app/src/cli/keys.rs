//! `cadastre keys`: which keys there are, a new one, what an old one sealed sealed anew, an old one taken away. Keys
//! themselves are never printed.

use clap::Subcommand;
use serde::Serialize;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::progress::Progress;
use super::{Context, Refusal, say, say_json, with_database};
use crate::keys::{self, KeyId, Keys as KeyFile, RotateError, Use};
use crate::start::StartError;

/// The keys that seal secrets: list, add, seal anew, remove
#[derive(Debug, clap::Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the keys by their fingerprints, and what each is needed for
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a new key to the key file; it seals what is sealed from the next start on
    Add,
    /// Seal with the newest key what older ones sealed; may be ended at any moment and run again
    Reseal,
    /// Take a key away that seals nothing any more
    Remove {
        /// Its fingerprint, as the list shows it
        key: String,
    },
}

impl Keys {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        match self.what {
            What::List { json } => list(&context, json).await,
            What::Add => add(&context),
            What::Reseal => reseal(&context).await,
            What::Remove { key } => remove(&context, &key).await,
        }
    }
}

/// A key of the list.
#[derive(Debug, Serialize)]
struct Line {
    key: String,
    /// Whether it seals now.
    current: bool,
    in_key_file: bool,
    /// Whether a process with this register starts only with it.
    in_register: bool,
    #[serde(flatten)]
    used: Use,
}

async fn list(context: &Context, json: bool) -> Result<(), Refusal> {
    let lines = with_owner(context, async |keys, conn| Ok(lines(keys, conn).await?)).await?;
    if json {
        return say_json(&lines);
    }
    for Line { key, current, in_key_file, in_register, used } in lines {
        let seals = match (current, in_key_file) {
            (true, _) => "seals",
            (false, true) => "opens",
            (false, false) => "NOT HERE",
        };
        let needed = if in_register { "of the register" } else { "not yet of the register" };
        let Use { secrets, answers, heads } = used;
        say(format_args!(
            "{key}  {seals:<8}  {needed:<23}  {secrets} secrets, {answers} answers, {heads} signed heads"
        ))?;
    }
    Ok(())
}

async fn lines(keys: &KeyFile, conn: &mut PgConnection) -> Result<Vec<Line>, RotateError> {
    let recorded = keys::recorded(conn).await?;
    let mut uses = keys::uses(conn).await?;
    let mut ids: Vec<String> = keys.ids().map(|id| id.to_string()).collect();
    let elsewhere = recorded.ids().map(|id| id.to_string()).chain(uses.keys().cloned());
    let elsewhere: Vec<String> = elsewhere.filter(|id| !ids.contains(id)).collect();
    for id in elsewhere {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let line = |key: String| {
        let id: Option<KeyId> = key.parse().ok();
        Line {
            current: id == Some(keys.current()),
            in_key_file: id.is_some_and(|id| keys.has(id)),
            in_register: id.is_some_and(|id| recorded.has(id)),
            used: uses.remove(&key).unwrap_or_default(),
            key,
        }
    };
    Ok(ids.into_iter().map(line).collect())
}

fn add(context: &Context) -> Result<(), Refusal> {
    let path = context.config().key_file();
    let keys = KeyFile::rotate(&path)?;
    say(format_args!("Added key {} to {}. Keep a copy of the file apart from backups.", keys.current(), path.display()))?;
    say("Give the file to every replica and start each again; then run `cadastre keys reseal`.")
}

async fn reseal(context: &Context) -> Result<(), Refusal> {
    let mut progress = Progress::new("sealing anew");
    let done = with_owner(context, async |keys, conn| {
        let mut told = |done, all| progress.tell_count(done, all);
        let resealed = keys::reseal(keys, conn, &mut told).await?;
        Ok((resealed, lines(keys, conn).await?))
    })
    .await;
    progress.end();
    let (resealed, lines) = done?;
    let answers = resealed.answers;
    say(format_args!("Sealed {} secrets and {answers} kept answers anew.", resealed.secrets))?;
    for (place, why) in &resealed.unopened {
        say(format_args!("Left as it is: {place}: {why}"))?;
    }
    for line in lines.iter().filter(|line| !line.current && line.used.secrets + line.used.answers == 0) {
        let heads = match line.used.heads {
            0 => String::new(),
            count => format!("; {count} signed heads can be checked with it only"),
        };
        say(format_args!("Key {0} seals nothing any more: `cadastre keys remove {0}`{heads}.", line.key))?;
    }
    match resealed.unopened.len() {
        0 => Ok(()),
        count => Err(Refusal::new(format_args!(
            "{count} do not open: set those secrets anew at their sources, or find the keys that sealed them"
        ))),
    }
}

async fn remove(context: &Context, key: &str) -> Result<(), Refusal> {
    let id: KeyId = key.parse().map_err(|_| Refusal::new(format_args!("{key:?} is no fingerprint: sixteen digits of 0-9 and a-f, as `cadastre keys list` shows them")))?;
    let path = context.config().key_file();
    let aside = with_owner(context, async |keys, conn| Ok(keys::remove(keys, id, &path, conn).await?)).await?;
    say(format_args!("Key {id} belongs to the register no more. Take it out of the key files of other replicas."))?;
    match aside {
        Some(aside) => say(format_args!(
            "It is in {} now: backups that were made before open with it only.",
            aside.display()
        )),
        None => Ok(()),
    }
}

/// The keys, and a connection as the owner of a register that has been started before.
async fn with_owner<T>(
    context: &Context,
    work: impl AsyncFnOnce(&KeyFile, &mut PgConnection) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let config = context.config();
    let path = config.key_file();
    let keys = KeyFile::read(&path)?;
    with_database(config, async |database| {
        keys::bind(&keys, &path, &database.owner).await?;
        let connection = database.owner.clone().application_name("cadastre keys").connect().await;
        let mut connection = connection.map_err(|why| database_failed(&why))?;
        let done = work(&keys, &mut connection).await;
        connection.close().await.map_err(|why| database_failed(&why))?;
        done
    })
    .await
}

fn database_failed(why: &sqlx::Error) -> StartError {
    StartError::Database { place: "of the register".into(), why: why.to_string() }
}

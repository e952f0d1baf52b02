//! What is done at the shell beside the register, by its owner's role: who that was is known by the account of the system.

use nix::unistd::{Uid, User};
use serde_json::{Map, Value};
use sqlx::PgConnection;

/// The account that runs this process, and the one that signed in to the machine where the kernel remembers another.
pub(crate) fn account() -> Map<String, Value> {
    let name =
        |uid: Uid| User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name);
    let own = Uid::current();
    let mut who = Map::new();
    who.insert("account".into(), name(own).into());
    // Kept over su and sudo; the largest number says that nobody signed in.
    let signed_in = std::fs::read_to_string("/proc/self/loginuid").ok();
    let signed_in = signed_in.and_then(|text| text.trim().parse().ok()).filter(|uid| *uid != u32::MAX);
    if let Some(signed_in) = signed_in.map(Uid::from_raw).filter(|uid| *uid != own) {
        who.insert("signed_in_as".into(), name(signed_in).into());
    }
    who
}

/// Remembers what was done at the shell, in the transaction that does it.
pub(crate) async fn note(
    conn: &mut PgConnection,
    kind: &str,
    detail: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<(), sqlx::Error> {
    let mut all = account();
    all.extend(detail.into_iter().map(|(name, value)| (name.to_owned(), value)));
    sqlx::query("insert into audit_events (kind, detail) values ($1, $2)")
        .bind(kind)
        .bind(Value::Object(all))
        .execute(conn)
        .await?;
    Ok(())
}

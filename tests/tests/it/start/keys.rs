//! A new key taken into use through the real program, and an old one out of it.

use std::fs;

use cadastre::keys::{KeyId, Keys};
use serde_json::Value;
use sqlx::PgConnection;

use super::backup::Register;
use super::installation::Installation;

/// How many secrets there are: so many that a run can be killed among them.
const SECRETS: i64 = 3000;

fn keys(here: &Installation) -> Keys {
    Keys::read(&here.data().join("keys")).unwrap()
}

/// Sources with secrets sealed by the current key of the file, and an answer that is kept.
async fn fill(here: &Installation, connection: &mut PgConnection) {
    let keys = keys(here);
    let ids: Vec<i64> = sqlx::query_scalar(
        "with made as (insert into assets (kind, name, state) select 'source', 's' || n, 'live' from generate_series(1, $1) n returning id)
         insert into sources (asset_id, kind) select id, 'postgresql' from made returning asset_id",
    )
    .bind(SECRETS)
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let sealed: Vec<Vec<u8>> = ids
        .iter()
        .map(|id| keys.seal("sources", *id, "secret", format!("s{id}").as_bytes()).unwrap())
        .collect();
    sqlx::query(
        "update sources set secret = t.secret from unnest($1::bigint[], $2::bytea[]) t (id, secret) where asset_id = t.id",
    )
    .bind(&ids)
    .bind(&sealed)
    .execute(&mut *connection)
    .await
    .unwrap();
    let person: i64 = sqlx::query_scalar("insert into people (login) values ('ada') returning id")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    let body = keys.seal("idempotency_keys", person, "k", b"an answer").unwrap();
    sqlx::query(
        "insert into idempotency_keys (person_id, key, request, status, body) values ($1, 'k', '', 200, $2)",
    )
    .bind(person)
    .bind(body)
    .execute(connection)
    .await
    .unwrap();
}

async fn sealed_by(connection: &mut PgConnection, key: KeyId) -> i64 {
    sqlx::query_scalar(
        "select count(*) from sources where encode(substring(secret from 2 for 8), 'hex') = $1",
    )
    .bind(key.to_string())
    .fetch_one(connection)
    .await
    .unwrap()
}

async fn all_open(keys: &Keys, connection: &mut PgConnection) {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select asset_id, secret from sources where secret is not null")
            .fetch_all(connection)
            .await
            .unwrap();
    assert_eq!(rows.len(), usize::try_from(SECRETS).unwrap());
    for (id, secret) in rows {
        assert_eq!(keys.open("sources", id, "secret", &secret).unwrap(), format!("s{id}").into_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_takes_over_also_when_it_is_killed_half_way_and_the_old_one_goes() {
    let here = Installation::new();
    let serving = here.serve();
    let old = keys(&here).current();
    let mut register = Register::of(&here).await;
    fill(&here, &mut register.connection).await;
    let words = here.run(&["keys", "add"]).done().out;
    let new = keys(&here).current();
    assert!(new != old && words.contains(&new.to_string()), "{words}");
    let refused = here.run(&["keys", "reseal"]);
    assert!(refused.refusal(1).contains(&format!("without key {new}")), "{refused:?}");
    assert_eq!(
        sealed_by(&mut register.connection, old).await,
        SECRETS,
        "the running process still opens them"
    );
    register.end().await;
    assert_eq!(serving.terminate(), Some(0));

    // Started again it has the new key, and the work goes on beside it; killed half way, nothing is lost.
    let serving = here.serve();
    let mut register = Register::of(&here).await;
    let removed = here.run(&["keys", "remove", &old.to_string()]);
    assert!(removed.refusal(1).contains("still seals 3000 secrets"), "{removed:?}");
    let mut run = here.command(&["keys", "reseal"]).spawn().unwrap();
    loop {
        let done = sealed_by(&mut register.connection, new).await;
        if done > 0 || run.try_wait().unwrap().is_some() {
            break;
        }
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let half = sealed_by(&mut register.connection, new).await;
    assert!(half > 0 && half < SECRETS, "killed among them: {half}");
    all_open(&keys(&here), &mut register.connection).await;

    let words = here.run(&["keys", "reseal"]).done().out;
    assert!(words.contains(&format!("cadastre keys remove {old}")), "{words}");
    assert_eq!(sealed_by(&mut register.connection, new).await, SECRETS);
    all_open(&keys(&here), &mut register.connection).await;
    let kept: Vec<u8> = sqlx::query_scalar("select body from idempotency_keys")
        .fetch_one(&mut register.connection)
        .await
        .unwrap();
    assert_eq!(keys(&here).sealed_by(&kept).unwrap(), new);

    let list: Value = serde_json::from_str(&here.run(&["keys", "list", "--json"]).done().out).unwrap();
    let secrets: Vec<i64> =
        list.as_array().unwrap().iter().map(|key| key["secrets"].as_i64().unwrap()).collect();
    assert_eq!(secrets, [0, SECRETS], "{list}");
    let plain = here.run(&["keys", "list"]).done().out;
    let lines = fs::read_to_string(here.data().join("keys")).unwrap();
    for secret in lines.lines().filter(|line| !line.starts_with('#')) {
        assert!(!plain.contains(secret) && !words.contains(secret), "a key was printed");
    }

    let words = here.run(&["keys", "remove", &old.to_string()]).done().out;
    let aside = here.data().join(format!("keys.{old}.old"));
    assert!(words.contains(&aside.display().to_string()), "{words}");
    assert_eq!(Keys::read(&aside).unwrap().current(), old, "it is kept for the backups of before");
    assert_eq!(keys(&here).ids().collect::<Vec<_>>(), [new]);
    all_open(&keys(&here), &mut register.connection).await;
    let events: Vec<String> =
        sqlx::query_scalar("select kind from audit_events where detail ? 'account' order by id")
            .fetch_all(&mut register.connection)
            .await
            .unwrap();
    assert_eq!(events, ["keys.reseal", "keys.remove"]);
    register.end().await;
    assert_eq!(serving.terminate(), Some(0));
    assert_eq!(here.serve().status("/readyz"), 200, "the register starts with the new key alone");
}

#[test]
fn the_key_that_seals_now_is_not_taken_away() {
    let here = Installation::new();
    let _serving = here.serve();
    let current = keys(&here).current().to_string();
    assert!(here.run(&["keys", "remove", &current]).refusal(1).contains("seals now"));
    assert!(here.run(&["keys", "remove", "0123456789abcdef"]).refusal(1).contains("neither"));
    assert!(here.run(&["keys", "remove", "first"]).refusal(1).contains("no fingerprint"));
}

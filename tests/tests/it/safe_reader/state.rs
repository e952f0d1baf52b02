//! All that could be harmed, as one text.

use super::World;
use sqlx::{AssertSqlSafe, Row as _};

/// What an attack must leave as it was: rows, sequences, large objects, what is defined, locks, who may do what, and files that attacks
/// would write.
pub(super) async fn state(world: &World) -> String {
    let mut conn = world.source.database.connect().await;
    let mut text = String::new();
    for sql in [
        "select md5(string_agg(o::text, ',' order by id)) from shop.orders o",
        "select count(*)::text from shop.trail",
        "select last_value::text || is_called from shop.numbers",
        "select count(*)::text from pg_largeobject_metadata",
        "select string_agg(c.oid::text || relname || relkind::text, ',' order by c.oid) from pg_class c
         where relnamespace = 'shop'::regnamespace or relpersistence = 't'",
        "select count(*)::text from pg_proc where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
        "select count(*)::text from pg_locks where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())",
        "select rolsuper || coalesce(rolconfig::text, '-') from pg_roles where rolname = 'THE ROLE'",
        "select string_agg(setdatabase::text || setconfig::text, ',' order by setdatabase) from pg_db_role_setting
         where setdatabase = (select oid from pg_database where datname = current_database())",
        "select count(*)::text from pg_prepared_xacts",
        "select count(*)::text from pg_ls_dir('.') d where d like 'cadastre%'",
        "select count(*)::text from pg_ls_dir('/tmp') d where d like 'cadastre-attack%'",
    ] {
        let row = sqlx::query(AssertSqlSafe(sql.replace("THE ROLE", &world.role))).fetch_one(&mut conn).await.unwrap();
        text.push_str(row.get::<Option<String>, _>(0).as_deref().unwrap_or("-"));
        text.push('\n');
    }
    text
}

/// Sessions of the register at the source, by what they are doing.
pub(super) async fn sessions(world: &World) -> Vec<(i32, String)> {
    let mut conn = world.source.database.connect().await;
    sqlx::query_as(
        "select pid, coalesce(state, '') from pg_stat_activity where datname = current_database() and application_name = 'cadastre'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap()
}

/// Waits until the source has no session of the register.
pub(super) async fn until_gone(world: &World) {
    for _ in 0..250 {
        if sessions(world).await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("still there: {:?}", sessions(world).await);
}

//! What a query gives, and what is said of one that is wrong.

use super::*;
use cadastre::sources::safe::Cell;

fn texts(row: &[Cell]) -> Vec<Option<&str>> {
    row.iter().map(|cell| cell.text.as_deref()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_as_the_server_writes_them() {
    let world = World::open().await;
    let mut reader = world.read(Purpose::Rule).await;
    let sql = "SELECT true, 'a'::char(4), 1.50::numeric(5,2), '2026-01-01 12:00+02'::timestamptz, ARRAY[1, NULL], NULL, '\\x00ff'::bytea,
                      '1.2.3.4'::inet, interval '1 day 2 hours', ROW(1, 'x'), 'a' AS a, 'b' AS a, 0.1::float8, '中文', date '2026-01-01', ''";
    let rows = reader.ask(sql, &most()).await.unwrap();
    assert_eq!(
        texts(rows.one().unwrap()),
        [
            Some("t"),
            Some("a   "),
            Some("1.50"),
            Some("2026-01-01 10:00:00+00"),
            Some("{1,NULL}"),
            None,
            Some("\\x00ff"),
            Some("1.2.3.4"),
            Some("1 day 02:00:00"),
            Some("(1,x)"),
            Some("a"),
            Some("b"),
            Some("0.1"),
            Some("中文"),
            Some("2026-01-01"),
            Some(""),
        ]
    );
    let columns: Vec<(&str, &str)> =
        rows.columns.iter().map(|column| (&*column.name, &*column.kind)).collect();
    assert_eq!((columns[0], columns[10], columns[11]), (("?column?", "bool"), ("a", "text"), ("a", "text")));
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_comes_than_is_taken() {
    let world = World::open().await;
    let mut reader = world.read(Purpose::Sample).await;
    let few = Most { rows: 3, cell: 2, ..most() };
    let rows = reader.ask("SELECT id, note FROM shop.orders ORDER BY id DESC", &few).await.unwrap();
    assert_eq!((rows.rows.len(), rows.more), (3, true));
    assert_eq!(rows.rows[0][0], Cell { text: Some("50".into()), cut: true });
    assert!(rows.one().is_none());
    let all = reader.ask("SELECT id FROM shop.orders WHERE id <= 3", &few).await.unwrap();
    assert_eq!((all.rows.len(), all.more), (3, false));
    let small = Most { bytes: 100, ..most() };
    let rows = reader.ask("SELECT note FROM shop.orders", &small).await.unwrap();
    assert!(rows.more && rows.rows.len() < 20, "{}", rows.rows.len());
    let wide: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let wide = reader.ask(&format!("SELECT {}", wide.join(", ")), &most()).await.unwrap_err();
    assert_eq!(key(&wide), "read-limit-columns");
    // The line is free after each.
    assert!(reader.ask("SELECT 1", &most()).await.is_ok());
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_its_place_and_the_snapshot_stays() {
    let world = World::open().await;
    let mut reader = world.read(Purpose::CustomRule).await;
    let count = "SELECT count(*) FROM shop.orders";
    let before = reader.ask(count, &most()).await.unwrap();
    world.source.database.execute("insert into shop.orders values (9999, 'new')").await;
    let wrong = reader.ask("SELECT /* a comment */ nothing FROM shop.orders", &most()).await.unwrap_err();
    assert!(wrong.lies_in_the_query() && !wrong.may_pass());
    assert_eq!((wrong.position(), key(&wrong).as_str()), (Some(24), "read-wrong"));
    assert!(wrong.detail().unwrap().contains("nothing"));
    // What is in the data is in the detail and not in the message.
    let data = reader.ask("SELECT count(*) FROM shop.orders WHERE note::int > 1", &most()).await.unwrap_err();
    assert!(
        data.detail().unwrap().contains("note ") && !data.message().to_string().contains("note "),
        "{data:?}"
    );
    let zero = reader.ask("SELECT 1 / (id - 1) FROM shop.orders", &most()).await.unwrap_err();
    assert!(zero.lies_in_the_query() && zero.position().is_none());
    let rights = reader.ask("SELECT * FROM nowhere.there", &most()).await.unwrap_err();
    assert!(rights.lies_in_the_query());
    assert_eq!(reader.ask(count, &most()).await.unwrap(), before, "the same snapshot");
    reader.close().await;
    let mut reader = world.read(Purpose::CustomRule).await;
    assert_ne!(reader.ask(count, &most()).await.unwrap(), before);
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_mean_what_they_mean_whatever_the_role_has_set() {
    let world = World::open().await;
    world
        .source
        .database
        .execute(&format!(
            "create function shop.lower(text) returns text language plpgsql as $$ begin raise exception 'sprung'; end $$;
             alter role {0} set search_path = shop, pg_catalog; alter role {0} set datestyle = 'German';
             alter role {0} set timezone = 'Asia/Kathmandu'; alter role {0} set standard_conforming_strings = off;
             alter role {0} set default_transaction_read_only = off; alter role {0} set row_security = off",
            world.role
        ))
        .await;
    let mut reader = world.read(Purpose::CustomRule).await;
    let rows = reader.ask("SELECT lower('A'), date '2026-01-02', '\\'", &most()).await.unwrap();
    assert_eq!(texts(rows.one().unwrap()), [Some("a"), Some("2026-01-02"), Some("\\")]);
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_view_sets_is_undone_before_the_next_query() {
    let world = World::open().await;
    world
        .source
        .database
        .execute(&format!(
            "create function shop.upper(text) returns text language sql immutable as $$ select 'sprung' $$;
             create view shop.v_moves as select set_config('search_path', 'shop, pg_catalog', false) as a,
                 set_config('statement_timeout', '0', false) as b, set_config('DateStyle', 'German', true) as c;
             grant select on shop.v_moves to {}",
            world.role
        ))
        .await;
    let mut reader = world.read(Purpose::CustomRule).await;
    reader.ask("SELECT * FROM shop.v_moves", &most()).await.unwrap();
    let rows = reader.ask("SELECT upper('a'), date '2026-01-02'", &most()).await.unwrap();
    assert_eq!(texts(rows.one().unwrap()), [Some("A"), Some("2026-01-02")]);
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_not_there_is_said_in_the_words_of_a_crawl() {
    let world = World::open().await;
    world.register.reads_as(&world.source, &world.role, "wrong").await;
    let error = open(&world.register.app, world.source.id, Purpose::Rule).await.unwrap_err();
    assert_eq!(key(&error), "source-sign-in-password");
    assert_eq!(
        world.register.count("select count(*) from source_visits").await,
        0,
        "its place is free again"
    );
}

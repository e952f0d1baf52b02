//! The safe reader at a real server: what people write reads and does nothing else, however it is written; within limits; and ends when it
//! is told to.

mod attacks;
mod ends;
mod limits;
mod reads;
mod state;

use cadastre::app::Options;
use cadastre::sources::safe::{Most, Purpose, ReadError, SafeReader, open};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::Register;
use cadastre_tests::source::TestSource;
use std::time::Duration;

/// What the account's password is.
const SECRET: &str = "sVeltE-17-okapi";

/// A shop with everything in it that could be harmed, or do harm when it is read.
const SHOP: &str = "
    create schema shop;
    create table shop.orders (id int primary key, state text, amount numeric(12,2), made timestamptz, note text);
    insert into shop.orders select n, (array['new','paid','void'])[1 + n % 3], n * 1.5, '2026-01-01'::timestamptz + n * interval '1 hour', 'note ' || n
        from generate_series(1, 500) n;
    create table shop.trail (what text);
    create sequence shop.numbers;
    create function shop.writes() returns int language plpgsql as $$ begin insert into shop.trail values ('x'); return 1; end $$;
    create function shop.quiet() returns int language sql immutable as $$ select 1 $$;
    create function shop.adds(int, int) returns int language plpgsql as $$ begin insert into shop.trail values ('op'); return $1 + $2; end $$;
    create operator shop.-> (leftarg = int, rightarg = int, function = shop.adds);
    create domain shop.odd as text check (shop.writes() = 1);
    create type shop.mood as enum ('ok', 'bad');
    create function shop.to_mood(int) returns shop.mood language plpgsql as $$ begin insert into shop.trail values ('cast'); return 'ok'; end $$;
    create cast (int as shop.mood) with function shop.to_mood(int);
    create view shop.v_writes as select shop.writes() as a;
    create view shop.v_next as select nextval('shop.numbers') as a;
    create view shop.v_large as select lo_create(0) as a;
    create view shop.v_locks as select pg_advisory_lock(4711) is null as a;
    create view shop.v_sleeps as select pg_sleep(60)::text as a;
    create view shop.v_tells as select pg_notify('shop', 'x')::text as a;
    create view shop.v_sets as select set_config('statement_timeout', '0', false) as a;
    create function shop.by_row(shop.orders) returns int language plpgsql as $$ begin insert into shop.trail values ('row'); return 1; end $$;
";

/// A register that may read loopback, and a shop in another cluster with an account that may write all that it reads.
struct World {
    register: Register,
    source: TestSource,
    role: String,
}

impl World {
    async fn open() -> Self {
        let networks = vec!["127.0.0.0/8".parse().unwrap()];
        let register = Register::with(Options { networks, ..Options::default() }).await;
        let database = TestCluster::source().fresh_database().await;
        let role = format!("reader_{}", uuid::Uuid::new_v4().simple());
        database.execute(SHOP).await;
        database
            .execute(&format!(
                "create role {role} login password '{SECRET}';
                 grant all on schema shop to {role}; grant all on all tables in schema shop to {role};
                 grant all on all sequences in schema shop to {role};
                 grant temporary, create on database \"{}\" to {role}",
                database.name()
            ))
            .await;
        let source = register.source("shop", database).await;
        register.reads_as(&source, &role, SECRET).await;
        Self { register, source, role }
    }

    async fn read(&self, purpose: Purpose) -> SafeReader {
        open(&self.register.app, self.source.id, purpose).await.unwrap_or_else(|error| panic!("{error:?}"))
    }
}

/// Limits short enough for a test.
fn most() -> Most {
    Most { time: Duration::from_millis(1_500), ..Most::default() }
}

/// The key of what everybody is told.
fn key(error: &ReadError) -> String {
    error.message().key.into_owned()
}

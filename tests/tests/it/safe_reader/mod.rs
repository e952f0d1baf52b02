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

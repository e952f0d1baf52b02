//! A source of a test: a database of the test cluster, read by the real reader and written by the real apply.

use crate::postgres::TestDatabase;
use crate::register::Register;
use cadastre::catalog::crawl::{CrawlOutcome, Target, apply};
use cadastre::catalog::store::{AssetFacts, NewAsset, create_assets};
use cadastre::change::{Author, ChangeSet, Topic};
use cadastre::sources::reader::{Connection, Filters, Listing, Policy, TlsMode, reader};
use cadastre_model::{AssetId, AssetKind, AssetState, PublicId, SourceKind};
use tokio_util::sync::CancellationToken;

/// A source that is registered, and the database behind it.
#[derive(Debug)]
pub struct TestSource {
    /// Its id inside.
    pub id: AssetId,
    /// Its id outside.
    pub public_id: PublicId,
    /// The namespace of its names.
    pub namespace: String,
    /// The database.
    pub database: TestDatabase,
}

impl Register {
    /// Registers a database of the test cluster as a source, without a schedule.
    pub async fn source(&self, name: &str, database: TestDatabase) -> TestSource {
        let namespace = format!("postgres://127.0.0.1:{}/{}", database.cluster().port(), database.name());
        let mut tx = self.transaction().await;
        let mut change =
            ChangeSet::begin_set(&mut tx, "source.create", &Author::cli()).await.expect("a change set");
        let facts = AssetFacts {
            name: name.to_owned(),
            parent: Some(AssetId::REGISTER),
            domain: None,
            sensitivity: None,
            state: AssetState::Live,
        };
        let new = NewAsset { kind: AssetKind::Source, source: None, facts };
        let made = create_assets(&mut tx, &mut change, &[new]).await.expect("an asset");
        let (id, public_id) = made[0];
        sqlx::query("insert into sources (asset_id, kind) values ($1, 'postgresql')")
            .bind(id.0)
            .execute(&mut *tx)
            .await
            .expect("a source");
        sqlx::query(
            "insert into source_facts (source_id, connection, filters, namespace, valid_from, change_set)
             values ($1, '{}', '{}', $2, $3, $4)",
        )
        .bind(id.0)
        .bind(&namespace)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("its facts");
        change.about(Topic::Catalogue);
        change.record_set(&mut tx).await.expect("a version");
        tx.commit().await.expect("committed");
        TestSource { id, public_id, namespace, database }
    }

    /// Sets as whom the register reads a source, and its password: what registering it by page or API leaves.
    pub async fn reads_as(&self, source: &TestSource, user: &str, secret: &str) {
        let place = serde_json::json!({
            "host": "127.0.0.1", "port": source.database.cluster().port(), "database": source.database.name(),
            "user": user, "tls": "disable", "ca": null,
        });
        let sealed =
            self.app.keys().seal("sources", source.id.0, "secret", secret.as_bytes()).expect("sealed");
        let mut tx = self.transaction().await;
        sqlx::query("update source_facts set connection = $2 where source_id = $1 and valid_to is null")
            .bind(source.id.0)
            .bind(place)
            .execute(&mut *tx)
            .await
            .expect("its facts");
        sqlx::query("update sources set secret = $2 where asset_id = $1")
            .bind(source.id.0)
            .bind(sealed)
            .execute(&mut *tx)
            .await
            .expect("its secret");
        tx.commit().await.expect("committed");
    }

    /// Sets the limits on reading a source.
    pub async fn limit(&self, source: &TestSource, reading: serde_json::Value) {
        sqlx::query("update source_facts set reading = $2 where source_id = $1 and valid_to is null")
            .bind(source.id.0)
            .bind(reading)
            .execute(&self.app.db().web)
            .await
            .expect("its facts");
    }

    /// Crawls a source whole: what the task does, without the task.
    pub async fn crawl(&self, source: &TestSource) -> CrawlOutcome {
        self.crawl_with(source, &Filters::default()).await
    }

    /// The same under filters.
    pub async fn crawl_with(&self, source: &TestSource, filters: &Filters) -> CrawlOutcome {
        self.apply(source, &source.listing(filters).await).await
    }

    /// Brings the catalogue to a listing, as a crawl does that read it.
    pub async fn apply(&self, source: &TestSource, listing: &Listing) -> CrawlOutcome {
        let author = Author::cli();
        let target = Target { source: source.id, namespace: &source.namespace, author: &author, fence: None };
        apply(&self.app.db().tasks, &target, listing, &|_, _| {}, &CancellationToken::new())
            .await
            .expect("the listing is applied")
    }
}

impl TestSource {
    /// What the source holds now.
    pub async fn listing(&self, filters: &Filters) -> Listing {
        let cluster = self.database.cluster();
        let connection = Connection {
            host: "127.0.0.1".into(),
            port: cluster.port(),
            database: self.database.name().to_owned(),
            user: "postgres".into(),
            secret: cluster.password().into(),
            tls: TlsMode::Disable,
            ca: None,
        };
        let networks = vec!["127.0.0.0/8".parse().expect("a network")];
        let policy = Policy { networks, own: None, ..Policy::default() };
        reader(SourceKind::Postgresql, policy)
            .crawl(&connection, filters, &(), CancellationToken::new())
            .await
            .expect("the source is read")
    }
}

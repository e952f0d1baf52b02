//! Assets of a test: made by the store's own functions, without a source behind them.

use super::Register;
use cadastre::catalog::store::{AssetFacts, NewAsset, create_assets};
use cadastre::change::{Author, ChangeSet, Topic};
use cadastre_model::{AssetId, AssetKind, AssetState, PublicId, Sensitivity};

/// An asset of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestAsset {
    /// The id inside.
    pub id: AssetId,
    /// The id outside.
    pub public_id: PublicId,
    /// What it is.
    pub kind: AssetKind,
    /// The source that it belongs to.
    pub source: Option<AssetId>,
}

impl Register {
    /// A domain in another, or at the top.
    pub async fn domain(&self, name: &str, parent: Option<TestAsset>) -> TestAsset {
        let parent = parent.map_or(AssetId::REGISTER, |parent| parent.id);
        self.asset(AssetKind::Domain, name, parent, None, None, None).await
    }

    /// A source without anything behind it.
    pub async fn bare_source(&self, name: &str) -> TestAsset {
        self.asset(AssetKind::Source, name, AssetId::REGISTER, None, None, None).await
    }

    /// Something that lies in a source, database or schema.
    pub async fn within(&self, parent: TestAsset, kind: AssetKind, name: &str) -> TestAsset {
        self.within_as(parent, kind, name, None, None).await
    }

    /// The same with a domain and a sensitivity of its own.
    pub async fn within_as(
        &self,
        parent: TestAsset,
        kind: AssetKind,
        name: &str,
        domain: Option<TestAsset>,
        sensitivity: Option<Sensitivity>,
    ) -> TestAsset {
        let source = parent.source.or(Some(parent.id));
        self.asset(kind, name, parent.id, source, domain.map(|domain| domain.id), sensitivity).await
    }

    /// A job in a source or a namespace, of a script that says nothing.
    pub async fn job(&self, home: TestAsset, name: &str, domain: Option<TestAsset>) -> TestAsset {
        let source = home.source.or(Some(home.id));
        self.asset(AssetKind::Job, name, home.id, source, domain.map(|domain| domain.id), None).await
    }

    /// An edge between two datasets that a job says, or that is drawn by hand; gives its id outside.
    pub async fn edge(&self, job: Option<TestAsset>, from: TestAsset, to: TestAsset) -> PublicId {
        let mut tx = self.transaction().await;
        let mut change =
            ChangeSet::begin_set(&mut tx, "lineage.read", &Author::cli()).await.expect("a change set");
        let id: uuid::Uuid = sqlx::query_scalar(
            "insert into lineage_edges (job_id, from_id, to_id, how, maker, confidence, note, valid_from, change_set)
             values ($1, $2, $3, 'unknown', case when $1 is null then 'person' else 'sql' end, 100,
                     case when $1 is null then 'drawn' end, $4, $5)
             returning public_id",
        )
        .bind(job.map(|job| job.id.0))
        .bind(from.id.0)
        .bind(to.id.0)
        .bind(change.at)
        .bind(change.id.0)
        .fetch_one(&mut *tx)
        .await
        .expect("an edge");
        change.about(Topic::Lineage);
        change.record_set(&mut tx).await.expect("a version");
        tx.commit().await.expect("committed");
        PublicId(id)
    }

    /// A rule of a dataset that says that a column has values, which failed and opened an incident; gives the ids of both outside.
    pub async fn rule(&self, dataset: TestAsset, column: &str, name: &str) -> (PublicId, PublicId) {
        let mut tx = self.transaction().await;
        let mut change =
            ChangeSet::begin_set(&mut tx, "rule.save", &Author::cli()).await.expect("a change set");
        let ids: (uuid::Uuid, uuid::Uuid) = sqlx::query_as(
            "with made as (insert into rules (dataset_id, name, verdict, measured_at) values ($1, $2, 'fail', $4) returning id, public_id),
             said as (
                 insert into rule_facts (rule_id, number, definition, dimension, severity, is_custom, valid_from, change_set)
                 select id, 1, jsonb_build_object('name', $2::text, 'check', jsonb_build_object('not_null', jsonb_build_object('column', $3::text)),
                                                  'severity', 'high'), 'completeness', 'high', false, $4, $5 from made),
             looked as (
                 insert into checks (dataset_id, started_at, ended_at, rules, statements) values ($1, $4, $4, 1, 1) returning id),
             found as (
                 insert into rule_results (rule_id, due_at, check_id, version, why, at, verdict, value, failing, row_count, outcome)
                 select m.id, $4, l.id, 1, 'asked', $4, 'fail', 2, 2, 10, '{}' from made m, looked l),
             opened as (
                 insert into incidents (dataset_id, check_id, severity, opened_at, seen_at)
                 select $1, id, 'high', $4, $4 from looked returning id, public_id),
             joined as (
                 insert into incident_rules (incident_id, rule_id, since) select o.id, m.id, $4 from opened o, made m)
             select m.public_id, o.public_id from made m, opened o",
        )
        .bind(dataset.id.0)
        .bind(name)
        .bind(column)
        .bind(change.at)
        .bind(change.id.0)
        .fetch_one(&mut *tx)
        .await
        .expect("a rule");
        change.touch(dataset.id);
        change.record_set(&mut tx).await.expect("a version");
        tx.commit().await.expect("committed");
        (PublicId(ids.0), PublicId(ids.1))
    }

    async fn asset(
        &self,
        kind: AssetKind,
        name: &str,
        parent: AssetId,
        source: Option<AssetId>,
        domain: Option<AssetId>,
        sensitivity: Option<Sensitivity>,
    ) -> TestAsset {
        let mut tx = self.transaction().await;
        let mut change =
            ChangeSet::begin_set(&mut tx, "asset.create", &Author::cli()).await.expect("a change set");
        let facts = AssetFacts {
            name: name.to_owned(),
            parent: Some(parent),
            domain,
            sensitivity,
            state: AssetState::Live,
        };
        let made =
            create_assets(&mut tx, &mut change, &[NewAsset { kind, source, facts }]).await.expect("an asset");
        let (id, public_id) = made[0];
        if kind == AssetKind::Job {
            sqlx::query(
                "insert into job_facts (job_id, number, kind, maker, dialect, definition, namespace, valid_from, change_set)
                 values ($1, 1, 'sql', 'sql', 'postgres', 'select 1', 'tests', $2, $3)",
            )
            .bind(id.0)
            .bind(change.at)
            .bind(change.id.0)
            .execute(&mut *tx)
            .await
            .expect("its facts");
            sqlx::query(
                "insert into job_readings (job_id, version, inputs, names, read_at) values ($1, 0, '', '[]', clock_timestamp())",
            )
            .bind(id.0)
            .execute(&mut *tx)
            .await
            .expect("it was read");
        }
        if kind == AssetKind::Dataset {
            sqlx::query(
                "insert into dataset_facts (dataset_id, kind, valid_from, change_set) values ($1, 'table', $2, $3)",
            )
            .bind(id.0)
            .bind(change.at)
            .bind(change.id.0)
            .execute(&mut *tx)
            .await
            .expect("its facts");
        }
        change.about(Topic::Catalogue);
        change.record_set(&mut tx).await.expect("a version");
        tx.commit().await.expect("committed");
        TestAsset { id, public_id, kind, source: source.or((kind == AssetKind::Source).then_some(id)) }
    }

    /// A column of a dataset.
    pub async fn column(&self, dataset: TestAsset, name: &str) -> PublicId {
        let mut tx = self.transaction().await;
        let mut change =
            ChangeSet::begin_set(&mut tx, "column.create", &Author::cli()).await.expect("a change set");
        let (id, public_id): (i64, uuid::Uuid) =
            sqlx::query_as("insert into columns (dataset_id) values ($1) returning id, public_id")
                .bind(dataset.id.0)
                .fetch_one(&mut *tx)
                .await
                .expect("a column");
        sqlx::query(
            "insert into column_facts (column_id, dataset_id, path, ordinal, type_written, type, nullable, valid_from, change_set)
             values ($1, $2, array[$3], 1, 'text', 'text', true, $4, $5)",
        )
        .bind(id)
        .bind(dataset.id.0)
        .bind(name)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await
        .expect("its facts");
        change.touch(dataset.id);
        change.about(Topic::Catalogue);
        change.record_set(&mut tx).await.expect("a version");
        tx.commit().await.expect("committed");
        PublicId(public_id)
    }
}

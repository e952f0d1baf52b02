//! Looking for assets: what is found, in which order, by whom.

use cadastre::catalog::search::reindex;
use cadastre::catalog::store::{AssetFacts, NewAsset, create_assets};
use cadastre::change::{Author, ChangeSet};
use cadastre_model::{AssetId, AssetKind, AssetState};
use cadastre_tests::register::Register;

#[tokio::test]
async fn what_is_looked_for_is_written_with_the_asset() {
    let register = Register::empty().await;
    let mut tx = register.app.db().web.begin().await.unwrap();
    let mut change = ChangeSet::begin_set(&mut tx, "crawl", &Author::cli()).await.unwrap();
    let facts = AssetFacts {
        name: "Sample_Shop'\\:*<script>".to_owned(),
        parent: Some(AssetId::REGISTER),
        domain: None,
        sensitivity: None,
        state: AssetState::Live,
    };
    let new = NewAsset { kind: AssetKind::Domain, source: None, facts };
    let made = create_assets(&mut tx, &mut change, &[new]).await.unwrap();
    let ids: Vec<AssetId> = made.iter().map(|(id, _)| *id).collect();
    reindex(&mut tx, &ids).await.unwrap();
    change.record_set(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let words: String = sqlx::query_scalar("select words::text from search_documents where asset_id = $1")
        .bind(ids[0].0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    assert_eq!(words, "'=sampleshopscript':1A 'sample':1A 'sampleshopscript':1A 'script':1A 'shop':1A");
}

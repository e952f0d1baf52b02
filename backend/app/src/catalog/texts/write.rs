//! Writing what people say about an asset or a column. The source's own word is never touched: it stands beside, and is
//! shown again when the person's is taken away.

use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{Asset, lock_orm};
use crate::catalog::search::reindex_orm;
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::http::IfMatch;
use cadastre_access::Permit;
use cadastre_entities::{column, text};
use cadastre_model::{Action, Language, Message, Origin, PublicId, TextField, Version};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, TransactionTrait,
};

/// What somebody says; nothing where they take back what they said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Which text.
    pub field: TextField,
    /// In which language.
    pub language: Language,
    /// The text.
    pub body: Option<String>,
}

/// What is to be said about what.
#[derive(Debug)]
pub struct Edit<'a> {
    /// The asset.
    pub asset: PublicId,
    /// A column of it; none: the asset itself.
    pub column: Option<PublicId>,
    /// The state that it was made from.
    pub condition: IfMatch,
    /// The texts; what is not among them stays.
    pub sayings: Vec<Saying>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Says it. Gives the version, and nothing where all was said already.
///
/// # Errors
/// `Absent`, `Forbidden`, `Stale`; `Invalid` with the name of each field (`description_zh`) that is too long.
pub async fn say(app: &App, caller: &Caller, edit: Edit<'_>) -> Result<Option<Version>> {
    let tx = app.db().orm.begin().await?;
    let (asset, permit) = lock_orm(&tx, caller, edit.asset, Action::EditTexts).await?;
    let column = match edit.column {
        Some(id) => Some(column_of(&tx, &asset, id).await?),
        None => None,
    };
    edit.condition.check(asset.counter)?;
    let sayings = checked(edit.sayings, column.is_some())?;
    let open = open_texts(&tx, &asset, column).await?;
    let new: Vec<&Saying> =
        sayings.iter().filter(|saying| said_now(&open, saying) != saying.body.as_deref()).collect();
    if new.is_empty() {
        return Ok(None);
    }
    let mut change = ChangeSet::begin(&tx, "text.edit", &caller.author).await?;
    change.because(edit.reason);
    change.touch(asset.id);
    change.about(Topic::Catalogue);
    for saying in new {
        write(&tx, &permit, &change, column, saying).await?;
    }
    reindex_orm(&tx, asset.id).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}

/// A column of the dataset that is there now.
async fn column_of(tx: &DatabaseTransaction, asset: &Asset, id: PublicId) -> Result<i64> {
    let found = column::Entity::find()
        .filter(column::Column::PublicId.eq(id.0))
        .filter(column::Column::DatasetId.eq(asset.id.0))
        .one(tx)
        .await?;
    Ok(found.ok_or_else(Failure::absent)?.id)
}

/// What is taken as it is meant: lines end as on Unix, nothing hangs over the end, a name is one line, and empty is nothing.
pub(super) fn checked(sayings: Vec<Saying>, is_column: bool) -> Result<Vec<Saying>> {
    let mut wrong = Vec::new();
    let mut checked = Vec::new();
    for mut saying in sayings {
        let name = format!("{}_{}", saying.field, saying.language);
        if is_column && saying.field == TextField::Docs {
            wrong.push((name, Message::new("error-no-docs-of-columns")));
            continue;
        }
        saying.body = saying.body.map(|body| tidy(&body, saying.field)).filter(|body| !body.is_empty());
        if saying.body.as_ref().is_some_and(|body| body.len() > saying.field.limit()) {
            wrong.push((
                name,
                Message::new("error-text-long").arg("limit", cadastre_frontend::bytes(limit(saying.field))),
            ));
        }
        checked.push(saying);
    }
    Failure::when_any(wrong)?;
    Ok(checked)
}

fn limit(field: TextField) -> i64 {
    i64::try_from(field.limit()).unwrap_or(i64::MAX)
}

fn tidy(body: &str, field: TextField) -> String {
    if field == TextField::DisplayName {
        return body.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    body.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned()
}

async fn open_texts(
    tx: &DatabaseTransaction,
    asset: &Asset,
    column: Option<i64>,
) -> Result<Vec<text::Model>> {
    let about = match column {
        Some(id) => text::Column::ColumnId.eq(id),
        None => text::Column::ColumnId.is_null(),
    };
    Ok(text::Entity::find()
        .filter(text::Column::AssetId.eq(asset.id.0))
        .filter(about)
        .filter(text::Column::Origin.eq(Origin::Person.as_str()))
        .filter(text::Column::ValidTo.is_null())
        .all(tx)
        .await?)
}

fn said_now<'a>(open: &'a [text::Model], saying: &Saying) -> Option<&'a str> {
    let same = |text: &&text::Model| {
        text.field == saying.field.as_str() && text.language == saying.language.as_str()
    };
    open.iter().find(same).map(|text| text.body.as_str())
}

async fn write(
    tx: &DatabaseTransaction,
    permit: &Permit,
    change: &ChangeSet,
    column: Option<i64>,
    saying: &Saying,
) -> Result<()> {
    let asset = permit.asset().0;
    let about = match column {
        Some(id) => text::Column::ColumnId.eq(id),
        None => text::Column::ColumnId.is_null(),
    };
    let which = sea_orm::Condition::all()
        .add(text::Column::AssetId.eq(asset))
        .add(about)
        .add(text::Column::Field.eq(saying.field.as_str()))
        .add(text::Column::Language.eq(saying.language.as_str()))
        .add(text::Column::Origin.eq(Origin::Person.as_str()));
    cadastre_entities::close::<text::Entity>(tx, which, change.at, change.id.0).await?;
    let Some(body) = &saying.body else { return Ok(()) };
    let row = text::ActiveModel {
        asset_id: Set(asset),
        column_id: Set(column),
        field: Set(saying.field.to_string()),
        language: Set(saying.language.to_string()),
        origin: Set(Origin::Person.to_string()),
        body: Set(body.clone()),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    text::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_as_it_is_meant() {
        assert_eq!(tidy("  net \r\n amount ", TextField::DisplayName), "net amount");
        assert_eq!(tidy("# Orders\r\n\r\nOne row.\n\n", TextField::Description), "# Orders\n\nOne row.");
    }
}

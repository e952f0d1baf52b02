//! What the core facets say, in the neutral form. A facet that is not as its schema says is read as far as it goes.

use super::parts::{dataset_ref, is_deleted, job_ref, time};
use crate::declared::{
    DeclaredDataset, DeclaredJob, Definition, Facts, Field, JobKind, JobRef, JobType, Lifecycle,
    LifecycleChange, Owner, RunIo, RunRef, SourceCode, Tag,
};
use crate::naming::{DatasetRef, platform_of};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// A facet that is there and not deleted.
pub(super) fn facet<'a>(facets: &'a Facts, name: &str) -> Option<&'a Value> {
    facets.get(name).filter(|facet| facet.is_object() && !is_deleted(facet))
}

/// A text that says something.
pub(super) fn text(value: &Value, member: &str) -> Option<String> {
    let text = value.get(member)?.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// The members of a list; none where it is no list.
pub(super) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What is said about a dataset.
pub(super) fn dataset(at: DatasetRef, facets: Facts) -> DeclaredDataset {
    let mut dataset = DeclaredDataset::new(at);
    if let Some(schema) = facet(&facets, "schema") {
        let mut fields = Vec::new();
        nested(list(schema, "fields"), &[], &mut fields);
        dataset.fields = Some(fields);
    }
    dataset.kind_written = facet(&facets, "datasetType").and_then(|kind| text(kind, "datasetType"));
    dataset.description = facet(&facets, "documentation").and_then(|said| text(said, "description"));
    dataset.owners = owners(&facets);
    dataset.tags = tags(&facets);
    let identifiers = facet(&facets, "symlinks").map_or(&[][..], |links| list(links, "identifiers"));
    dataset.symlinks =
        identifiers.iter().filter_map(dataset_ref).filter(|other| *other != dataset.at).collect();
    dataset.lifecycle = facet(&facets, "lifecycleStateChange").and_then(lifecycle);
    dataset.facets = facets;
    dataset
}

fn nested(fields: &[Value], above: &[String], into: &mut Vec<Field>) {
    for (index, field) in fields.iter().enumerate() {
        let Some(name) = field.get("name").and_then(Value::as_str) else { continue };
        let path: Vec<String> = above.iter().cloned().chain([name.to_owned()]).collect();
        let place = field.get("ordinal_position").and_then(Value::as_u64).filter(|place| *place > 0);
        let ordinal = place.and_then(|place| u32::try_from(place).ok());
        into.push(Field {
            path: path.clone(),
            type_written: text(field, "type"),
            description: text(field, "description"),
            ordinal: ordinal.unwrap_or_else(|| u32::try_from(index + 1).unwrap_or(u32::MAX)),
        });
        nested(list(field, "fields"), &path, into);
    }
}

/// The change that a `lifecycleStateChange` facet says.
pub(super) fn lifecycle(facet: &Value) -> Option<Lifecycle> {
    let change = LifecycleChange::of_word(facet.get("lifecycleStateChange")?.as_str()?)?;
    Some(Lifecycle { change, previous: facet.get("previousIdentifier").and_then(dataset_ref) })
}

fn owners(facets: &Facts) -> Vec<Owner> {
    let said = facet(facets, "ownership").map_or(&[][..], |said| list(said, "owners"));
    said.iter()
        .filter_map(|owner| Some(Owner { name: text(owner, "name")?, kind: text(owner, "type") }))
        .collect()
}

/// The tags of a job, run or dataset.
pub(super) fn tags(facets: &Facts) -> Vec<Tag> {
    let said = facet(facets, "tags").map_or(&[][..], |said| list(said, "tags"));
    let tag = |tag: &Value| {
        Some(Tag {
            key: text(tag, "key")?,
            value: text(tag, "value"),
            field: text(tag, "field").map(|field| vec![field]),
            source: text(tag, "source"),
        })
    };
    said.iter().filter_map(tag).collect()
}

/// What is said about a job, but for what it reads and writes. `around` are the datasets of the job: they tell where
/// unqualified names of its SQL are.
pub(super) fn job(at: JobRef, facets: Facts, around: &[&DatasetRef]) -> DeclaredJob {
    let mut job = DeclaredJob::new(at, JobKind::Openlineage);
    job.job_type = facet(&facets, "jobType").map(|said| JobType {
        processing: text(said, "processingType"),
        integration: text(said, "integration"),
        job_type: text(said, "jobType"),
    });
    job.definition = definition(&facets, around);
    job.description = facet(&facets, "documentation").and_then(|said| text(said, "description"));
    job.owners = owners(&facets);
    job.tags = tags(&facets);
    job.source_code = facet(&facets, "sourceCodeLocation").map(source_code);
    job.facets = facets;
    job
}

fn source_code(said: &Value) -> SourceCode {
    SourceCode {
        kind: text(said, "type"),
        url: text(said, "url"),
        repository: text(said, "repoUrl"),
        path: text(said, "path"),
        version: text(said, "version"),
        branch: text(said, "branch"),
        tag: text(said, "tag"),
    }
}

fn definition(facets: &Facts, around: &[&DatasetRef]) -> Option<Definition> {
    let sql = facet(facets, "sql");
    let Some((query, said)) = sql.and_then(|sql| Some((text(sql, "query")?, sql))) else {
        let code = facet(facets, "sourceCode")?;
        let language = text(code, "language").map_or_else(|| "text".to_owned(), |word| word.to_lowercase());
        return Some(Definition::new(&language, text(code, "sourceCode")?));
    };
    let mut definition = Definition::new("sql", query);
    let namespace = common(around.iter().map(|at| Some(at.namespace.clone())));
    let platform = namespace.as_deref().map(platform_of);
    definition.dialect = text(said, "dialect").or_else(|| Some(platform?.dialect?.to_owned()));
    let levels = platform.map_or(0, |platform| platform.parts);
    // the level is counted from the table: a name may leave its outer parts away
    let level = |from_table: usize| {
        common(around.iter().map(|at| {
            let path = at.path();
            path.len().checked_sub(from_table + 1).map(|index| path[index].clone())
        }))
    };
    definition.default_schema = if levels == 2 { None } else { level(1).filter(|_| levels != 1) };
    definition.default_database = if levels == 2 { level(1) } else { level(2).filter(|_| levels != 1) };
    definition.default_namespace = namespace;
    Some(definition)
}

/// The value that all have.
fn common(mut values: impl Iterator<Item = Option<String>>) -> Option<String> {
    let first = values.next().flatten()?;
    values.all(|value| value.as_ref() == Some(&first)).then_some(first)
}

/// What a run read from or wrote to a dataset.
pub(super) fn io(at: DatasetRef, facets: &Facts, io_facets: Facts) -> RunIo {
    let counts = facet(&io_facets, "outputStatistics")
        .or_else(|| facet(&io_facets, "inputStatistics"))
        .or_else(|| facet(&io_facets, "dataQualityMetrics"));
    let count = |members: &[&str]| members.iter().find_map(|member| whole(counts?.get(*member)?));
    RunIo {
        rows: count(&["rowCount"]),
        bytes: count(&["size", "bytes"]),
        files: count(&["fileCount"]),
        version: facet(facets, "version").and_then(|said| text(said, "datasetVersion")),
        at,
        facets: io_facets,
    }
}

/// A count: not negative, whole.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within 0 to 9e15")]
    value.as_u64().or_else(|| float().map(|number| number as u64))
}

/// The run that started this one.
pub(super) fn parent(facets: &Facts) -> Option<RunRef> {
    let parent = facet(facets, "parent")?;
    let id = Uuid::try_parse(parent.get("run")?.get("runId")?.as_str()?).ok()?;
    Some(RunRef { id, job: job_ref(parent.get("job")?)? })
}

/// The time that a run works for: beginning and end.
pub(super) fn nominal(facets: &Facts) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let said = facet(facets, "nominalTime");
    let member = |name: &str| said.and_then(|said| said.get(name)).and_then(time);
    (member("nominalStartTime"), member("nominalEndTime"))
}

/// Why a run failed, with the stack where one came.
pub(super) fn error(facets: &Facts) -> Option<String> {
    let said = facet(facets, "errorMessage")?;
    let message = text(said, "message");
    let stack = text(said, "stackTrace").filter(|stack| message.as_ref() != Some(stack));
    let told: Vec<String> = message.into_iter().chain(stack).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// What ran a run: name and version.
pub(super) fn engine(facets: &Facts) -> Option<String> {
    let said = facet(facets, "processing_engine")?;
    let words: Vec<String> = text(said, "name").into_iter().chain(text(said, "version")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

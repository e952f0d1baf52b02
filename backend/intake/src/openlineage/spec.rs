//! The spec as tables: the three events, and the core facets by where they stand. Written from
//! <https://openlineage.io/spec/2-0-2/OpenLineage.json> and the facets' schemas; not copied.

use super::shape::Shape::{Any, Facet, Flag, List, Map, Number, Object, Text, Time, Uri, Uuid, Whole, Word};
use super::shape::{Member, Shape, may, must};

const FACETS: Shape = Map(&Facet(&[]));
const JOB: Shape = Object(&[must("namespace", Text), must("name", Text), may("facets", FACETS)]);
const RUN: Shape = Object(&[must("runId", Uuid), may("facets", FACETS)]);
const DATASET: Shape = Object(&[must("namespace", Text), must("name", Text), may("facets", FACETS)]);
const INPUT: Shape =
    Object(&[must("namespace", Text), must("name", Text), may("facets", FACETS), may("inputFacets", FACETS)]);
const OUTPUT: Shape = Object(&[
    must("namespace", Text),
    must("name", Text),
    may("facets", FACETS),
    may("outputFacets", FACETS),
]);

/// The words of eventType.
const STATES: Shape = Word(&["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]);

/// A run event.
pub(super) static RUN_EVENT: Shape = Object(&[
    must("eventTime", Time),
    must("producer", Uri),
    must("schemaURL", Uri),
    may("eventType", STATES),
    must("run", RUN),
    must("job", JOB),
    may("inputs", List(&INPUT)),
    may("outputs", List(&OUTPUT)),
]);

/// A job event.
pub(super) static JOB_EVENT: Shape = Object(&[
    must("eventTime", Time),
    must("producer", Uri),
    must("schemaURL", Uri),
    must("job", JOB),
    may("inputs", List(&INPUT)),
    may("outputs", List(&OUTPUT)),
]);

/// A dataset event.
pub(super) static DATASET_EVENT: Shape = Object(&[
    must("eventTime", Time),
    must("producer", Uri),
    must("schemaURL", Uri),
    must("dataset", DATASET),
]);

/// A core facet: its name and form.
pub(super) type Known = (&'static str, Shape);

static FIELD: Shape = Object(&[
    must("name", Text),
    may("type", Text),
    may("description", Text),
    may("ordinal_position", Whole),
    may("fields", List(&FIELD)),
]);
const TRANSFORMATIONS: Shape = List(&Object(&[
    must("type", Text),
    may("subtype", Text),
    may("description", Text),
    may("masking", Flag),
]));
const INPUT_FIELD: Shape = Object(&[
    must("namespace", Text),
    must("name", Text),
    must("field", Text),
    may("transformations", TRANSFORMATIONS),
]);
const LINEAGE_INPUTS: Shape = List(&Object(&[
    must("type", Word(&["DATASET", "JOB"])),
    may("namespace", Text),
    may("name", Text),
    may("field", Text),
    may("runId", Uuid),
    may("transformations", TRANSFORMATIONS),
]));
const LINEAGE_FIELDS: Shape = Map(&Object(&[must("inputs", LINEAGE_INPUTS)]));
const IDENTIFIER: Shape = Object(&[must("namespace", Text), must("name", Text)]);
const OWNERSHIP: Shape = Facet(&[may("owners", List(&Object(&[must("name", Text), may("type", Text)])))]);
const DOCUMENTATION: Shape = Facet(&[must("description", Text), may("contentType", Text)]);
const TAG: &[Member] = &[must("key", Text), must("value", Text), may("source", Text), may("field", Text)];
const TAGS: Shape = Facet(&[may("tags", List(&Object(TAG)))]);
const COUNTS: Shape = Facet(&[may("rowCount", Whole), may("size", Whole), may("fileCount", Whole)]);
const ASSERTIONS: Shape = Facet(&[must(
    "assertions",
    List(&Object(&[
        must("assertion", Text),
        must("success", Flag),
        may("column", Text),
        may("severity", Text),
        may("name", Text),
        may("description", Text),
        may("expected", Text),
        may("actual", Text),
        may("content", Text),
        may("contentType", Text),
        may("params", Map(&Any)),
    ])),
)]);
const COLUMN_METRICS: Shape = Map(&Object(&[
    may("nullCount", Whole),
    may("distinctCount", Whole),
    may("sum", Number),
    may("count", Number),
    may("min", Number),
    may("max", Number),
    may("quantiles", Map(&Number)),
]));
const METRICS: Shape = Facet(&[
    may("rowCount", Whole),
    may("bytes", Whole),
    may("fileCount", Whole),
    may("lastUpdated", Time),
    must("columnMetrics", COLUMN_METRICS),
]);

/// Facets of a dataset.
pub(super) static DATASET_FACETS: &[Known] = &[
    ("schema", Facet(&[may("fields", List(&FIELD))])),
    (
        "columnLineage",
        Facet(&[
            must(
                "fields",
                Map(&Object(&[
                    must("inputFields", List(&INPUT_FIELD)),
                    may("transformationDescription", Text),
                    may("transformationType", Text),
                ])),
            ),
            may("dataset", List(&INPUT_FIELD)),
        ]),
    ),
    ("lineage", Facet(&[may("inputs", LINEAGE_INPUTS), may("fields", LINEAGE_FIELDS)])),
    (
        "symlinks",
        Facet(&[may(
            "identifiers",
            List(&Object(&[must("namespace", Text), must("name", Text), must("type", Text)])),
        )]),
    ),
    ("documentation", DOCUMENTATION),
    ("ownership", OWNERSHIP),
    ("tags", TAGS),
    (
        "lifecycleStateChange",
        Facet(&[
            must(
                "lifecycleStateChange",
                Word(&["ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE"]),
            ),
            may("previousIdentifier", IDENTIFIER),
        ]),
    ),
    ("dataSource", Facet(&[may("name", Text), may("uri", Uri)])),
    ("version", Facet(&[must("datasetVersion", Text)])),
    ("storage", Facet(&[must("storageLayer", Text), may("fileFormat", Text)])),
    ("datasetType", Facet(&[must("datasetType", Text), may("subType", Text)])),
    ("catalog", Facet(&[must("framework", Text), must("type", Text), must("name", Text)])),
    ("hierarchy", Facet(&[must("hierarchy", List(&Object(&[must("type", Text), must("name", Text)])))])),
    ("dataQualityAssertions", ASSERTIONS),
    ("dataQualityMetrics", METRICS),
];

/// Facets of a dataset as an input.
pub(super) static INPUT_FACETS: &[Known] = &[
    ("dataQualityAssertions", ASSERTIONS),
    ("dataQualityMetrics", METRICS),
    ("inputStatistics", COUNTS),
    ("subset", Facet(&[must("inputCondition", Map(&Any))])),
];

/// Facets of a dataset as an output.
pub(super) static OUTPUT_FACETS: &[Known] =
    &[("outputStatistics", COUNTS), ("subset", Facet(&[must("outputCondition", Map(&Any))]))];

/// Facets of a job.
pub(super) static JOB_FACETS: &[Known] = &[
    ("sql", Facet(&[must("query", Text), may("dialect", Text)])),
    ("documentation", DOCUMENTATION),
    ("ownership", OWNERSHIP),
    ("tags", TAGS),
    ("sourceCode", Facet(&[must("language", Text), must("sourceCode", Text)])),
    (
        "sourceCodeLocation",
        Facet(&[
            must("type", Text),
            must("url", Uri),
            may("repoUrl", Text),
            may("path", Text),
            may("version", Text),
            may("tag", Text),
            may("branch", Text),
        ]),
    ),
    ("jobType", Facet(&[must("processingType", Text), must("integration", Text), may("jobType", Text)])),
    (
        "lineage",
        Facet(&[must(
            "entries",
            List(&Object(&[
                must("type", Word(&["DATASET", "JOB"])),
                may("namespace", Text),
                may("name", Text),
                may("runId", Uuid),
                may("inputs", LINEAGE_INPUTS),
                may("fields", LINEAGE_FIELDS),
            ])),
        )]),
    ),
];

const RUN_ID: Shape = Object(&[must("runId", Uuid), may("facets", Map(&Any))]);
const JOB_ID: Shape = Object(&[must("namespace", Text), must("name", Text), may("facets", Map(&Any))]);
const DEPENDENCIES: Shape = List(&Object(&[must("job", JOB_ID), may("run", RUN_ID)]));

/// Facets of a run.
pub(super) static RUN_FACETS: &[Known] = &[
    (
        "parent",
        Facet(&[
            must("run", RUN_ID),
            must("job", JOB_ID),
            may("root", Object(&[must("run", RUN_ID), must("job", JOB_ID)])),
        ]),
    ),
    ("nominalTime", Facet(&[must("nominalStartTime", Time), may("nominalEndTime", Time)])),
    (
        "errorMessage",
        Facet(&[must("message", Text), must("programmingLanguage", Text), may("stackTrace", Text)]),
    ),
    (
        "processing_engine",
        Facet(&[must("version", Text), may("name", Text), may("openlineageAdapterVersion", Text)]),
    ),
    ("externalQuery", Facet(&[must("externalQueryId", Text), must("source", Text)])),
    (
        "extractionError",
        Facet(&[
            must("totalTasks", Whole),
            must("failedTasks", Whole),
            must("errors", List(&Object(&[must("errorMessage", Text), may("task", Text)]))),
        ]),
    ),
    (
        "environmentVariables",
        Facet(&[must("environmentVariables", List(&Object(&[must("name", Text), must("value", Text)])))]),
    ),
    ("executionParameters", Facet(&[may("parameters", List(&Object(&[must("key", Text)])))])),
    ("jobDependencies", Facet(&[may("upstream", DEPENDENCIES), may("downstream", DEPENDENCIES)])),
    ("tags", TAGS),
    (
        "test",
        Facet(&[must(
            "tests",
            List(&Object(&[must("name", Text), must("status", Text), may("severity", Text)])),
        )]),
    ),
];

import sys
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, error_message_run, schema_dataset, sql_job
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport

url, token = sys.argv[1:]
config = HttpConfig(url=url, auth=ApiKeyTokenProvider({"apiKey": token}), compression=HttpCompression.GZIP)
client = OpenLineageClient(transport=HttpTransport(config))
run = Run(runId="0190d5ef-1a2b-7c3d-8e4f-5a6b7c8d9e0f")
job = Job(namespace="airflow", name="daily.load", facets={"sql": sql_job.SQLJobFacet(query="insert into mart.b select 1", dialect="postgres")})
warehouse = "postgres://dwh:5432"

def fields(*names):
    return schema_dataset.SchemaDatasetFacet(fields=[schema_dataset.SchemaDatasetFacetFields(name=name, type="int") for name in names])

def event(state, time, facets):
    inputs = [InputDataset(namespace=warehouse, name="db.mart.a", facets={"schema": fields("id", "amount")})]
    outputs = [OutputDataset(namespace=warehouse, name="db.mart.b", facets={"schema": fields("id", "total"), **facets})]
    return RunEvent(eventType=state, eventTime=time, run=run, job=job, producer="https://example.org/tests", inputs=inputs, outputs=outputs)

def comes_from(field):
    source = column_lineage_dataset.InputField(namespace=warehouse, name="db.mart.a", field=field,
        transformations=[column_lineage_dataset.Transformation(type="DIRECT", subtype="IDENTITY")])
    return column_lineage_dataset.Fields(inputFields=[source])

columns = column_lineage_dataset.ColumnLineageDatasetFacet(fields={"id": comes_from("id"), "total": comes_from("amount")})
client.emit(event(RunState.START, "2026-05-01T10:00:00+00:00", {}))
client.emit(event(RunState.COMPLETE, "2026-05-01T10:05:00+00:00", {"columnLineage": columns}))
client.close(5)

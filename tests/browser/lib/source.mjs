// A PostgreSQL with a database to be crawled: source.sql, and a user who may read it.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { within } from "./time.mjs";

const cluster = new URL("../../with-postgres.sh", import.meta.url).pathname;
const tables = readFileSync(new URL("../source.sql", import.meta.url), "utf8");

/** Starts the cluster of the tests for as long as this process keeps its line open; it ends with it, however it ends. */
async function startCluster() {
  const child = spawn(cluster, ["sh", "-c", 'echo "$CADASTRE_TEST_PG"; cat'], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((give) => child.once("exit", give));
  const line = new Promise((give, fail) => {
    child.stdout.setEncoding("utf8").once("data", (text) => give(text.trim()));
    child.once("exit", (code) => fail(new Error(`${cluster} ended: ${code}`)));
  });
  const url = new URL(await within(60, line));
  return { url, stop: () => { child.stdin.end(); return within(30, ended); } };
}

/** A source: where it is, who may read it, `run` to change something there, `stop`. */
export async function startSource() {
  const { url, stop } = await startCluster();
  const name = `library_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  const run = (sql, database = name) => {
    const at = new URL(url);
    at.pathname = database;
    const done = spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", at.href], { input: sql, encoding: "utf8", timeout: 30_000 });
    if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
  };
  run(`create database ${name}; create role ${name} login password '${password}';`, "postgres");
  run(tables);
  run(`grant usage on schema lending, payroll to ${name}; grant select on all tables in schema lending, payroll to ${name};`);
  return { host: "127.0.0.1", port: url.port, database: name, user: name, password, run, stop };
}

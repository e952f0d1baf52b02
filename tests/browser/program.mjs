// The real program and a real source beside it, for the time of a journey.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.CADASTRE_BINARY;
if (!binary || !existsSync(binary)) throw new Error("CADASTRE_BINARY names no program: run tests/run.sh binaries browser");

const freePort = () =>
  new Promise((give, fail) => {
    const server = createServer();
    server.on("error", fail).listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => give(port));
    });
  });

/** Starts `cadastre` with a data directory of its own; resolves when it says that it is ready. */
export async function start(command, settings = {}, waitSeconds = 180) {
  const home = mkdtempSync(join(tmpdir(), "cadastre-walk."));
  const port = await freePort();
  const env = {
    PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8",
    CADASTRE_DATA_DIR: join(home, "data"), CADASTRE_LISTEN: `127.0.0.1:${port}`, ...settings,
  };
  const child = spawn(binary, command, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text) => { said += text; });
  child.stderr.setEncoding("utf8").on("data", (text) => { log += text; });
  const ended = new Promise((give) => child.on("exit", (code) => give(code)));
  const address = `http://127.0.0.1:${port}`;
  const program = {
    address, home, dataDir: env.CADASTRE_DATA_DIR, said: () => said, log: () => log,
    async stop() {
      child.kill("SIGTERM");
      const late = new Promise((give) => setTimeout(() => give("late"), 40_000).unref());
      const code = await Promise.race([ended, late]);
      if (code === "late") child.kill("SIGKILL");
      rmSync(home, { recursive: true, force: true });
      return code;
    },
  };
  for (const until = Date.now() + waitSeconds * 1000; ; await pause(200)) {
    const answer = await fetch(`${address}/readyz`).catch(() => null);
    if (answer?.ok && said.includes("ready at")) return program;
    const over = await Promise.race([ended, pause(0, "runs")]);
    if (over !== "runs" || Date.now() > until) {
      await program.stop();
      throw new Error(`cadastre ${command.join(" ")} did not get ready:\n${said}\n${log.slice(-4000)}`);
    }
  }
}

export const pause = (ms, value) => new Promise((give) => setTimeout(() => give(value), ms));

const cluster = new URL(process.env.CADASTRE_TEST_PG ?? (() => { throw new Error("no CADASTRE_TEST_PG: run by tests/with-postgres.sh"); })());

function psql(database, sql) {
  const url = new URL(cluster);
  url.pathname = `/${database}`;
  const run = spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url.href], { input: sql, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
}

/** A database of the test cluster: two schemas, one of them nobody else's business; a user that may read both. */
export function makeSource() {
  const database = `walk_${process.pid}`;
  const password = "only-reads-the-walk";
  psql("postgres", `create database ${database};
    do $$ begin if not exists (select from pg_roles where rolname = 'walk_reader') then create role walk_reader login; end if; end $$;
    alter role walk_reader password '${password}';`);
  psql(database, `
    create schema sales; create schema staff;
    create table sales.customers (customer_id int primary key, full_name text not null, city text);
    comment on table sales.customers is '客户主数据：每位客户一行';
    create table sales.orders (order_id bigint primary key, customer_id int not null references sales.customers, amount numeric(12,2), placed_at timestamptz);
    comment on table sales.orders is 'Orders of the web shop, one row each. 订单：每行一个订单';
    comment on column sales.orders.amount is 'Total with tax, in yuan';
    create view sales.daily_orders as select placed_at::date as day, count(*) as orders, sum(amount) as revenue from sales.orders group by 1;
    create table staff.salaries (employee_id int primary key, monthly numeric(12,2));
    comment on table staff.salaries is 'What people earn';
    grant connect on database ${database} to walk_reader;
    grant usage on schema sales, staff to walk_reader;
    grant select on all tables in schema sales, staff to walk_reader;`);
  return { host: "127.0.0.1", port: cluster.port, database, user: "walk_reader", password };
}

// The real program, with a private PostgreSQL in a directory of its own, for the time of a journey.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { within } from "./time.mjs";

const root = new URL("../../../", import.meta.url).pathname;
const built = join(resolve(root, process.env.CARGO_TARGET_DIR ?? "target"), "debug/cadastre");
export const binary = process.env.CADASTRE_BIN ? resolve(process.env.CADASTRE_BIN) : built;

function freePort() {
  return new Promise((give, fail) => {
    const server = createServer().on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => give(port));
    });
  });
}

/** Starts `cadastre COMMAND…` and comes back when it is ready and has said so. `settings` are further variables of its
    environment. */
export async function start(command, { says, settings = {}, seconds = 120 }) {
  if (!existsSync(binary)) throw new Error(`no program at ${binary}: build it, or name it by CADASTRE_BIN`);
  const home = mkdtempSync(join(tmpdir(), "cadastre-walk."));
  chmodSync(home, 0o755); // started by root, its PostgreSQL belongs to somebody else, who passes through here
  const address = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(binary, command, {
    cwd: home,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8",
      CADASTRE_DATA_DIR: join(home, "data"), CADASTRE_LISTEN: new URL(address).host, ...settings,
    },
  });
  const heard = { out: "", log: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => { heard.out += text; });
  child.stderr.setEncoding("utf8").on("data", (text) => { heard.log += text; });
  const ended = new Promise((give) => child.once("exit", (code, signal) => give(code ?? signal)));
  const last = () => child.kill("SIGTERM"); // should the journey itself be ended from outside
  process.once("exit", last);

  async function stop() {
    child.kill("SIGTERM");
    const code = await within(40, ended).catch(() => child.kill("SIGKILL") && "had to be killed");
    process.off("exit", last);
    rmSync(home, { recursive: true, force: true });
    return code;
  }

  let waits = true;
  const ready = (async () => {
    while (waits && !(says.test(heard.out) && (await fetch(`${address}/readyz`).catch(() => null))?.ok)) {
      await new Promise((again) => setTimeout(again, 200));
    }
  })();
  const over = ended.then((code) => { throw new Error(`it ended: ${code}`); });
  over.catch(() => {});
  try {
    await within(seconds, Promise.race([ready, over]));
  } catch (why) {
    waits = false;
    await stop();
    throw new Error(`cadastre ${command.join(" ")} is not ready: ${why.message}\n${heard.out}\n${heard.log.slice(-4000)}`);
  }
  return { address, said: () => heard.out, log: () => heard.log, stop };
}

// What `weft up` starts, keeps and ends, as real processes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isRunning } from "#local/is-running.ts";
import { processStart } from "#local/process-start.ts";
import { eventually } from "#local/testing/eventually.ts";
import { descendantsOf } from "./support/descendants.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl, meshProcesses, pidOf, untilAllEnded } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { runWeft } from "./support/run-weft.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const APPLICATION = join(import.meta.dirname, "support/echo-app.mjs");
// It has a child of its own, which must end with it.
const WITH_CHILD = ["sh", "-c", `sleep 600 & exec node ${APPLICATION}`];

const requester = new Requester(1);
let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({ documents: { "mesh.yaml": documents("one") } });
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("a second `weft up` in the same folder is refused, with the pid of the first", async () => {
  const second = await mesh.weft("up", "-f", mesh.documents, "--port-base", "0");
  assert.equal(second.code, 1);
  assert.match(second.error, new RegExp(`another .weft up. already runs .*pid ${mesh.pid}\\b`));
  assert.ok(await isAnswering(), "the first goes on");
});

test("an edited workload is restarted, and no other", async () => {
  const before = meshProcesses(mesh);
  mesh.write("mesh.yaml", documents("two"));
  const pid = pidOf(mesh, "shop/echo");
  await eventually("echo is another process", () => {
    const found = meshProcesses(mesh).find(({ name }) => name === "shop/echo");
    return found !== undefined && found.pid !== pid;
  });
  await eventually("echo has its new environment", async () => (await answer()).version === "two");
  const others = (list: typeof before) => list.filter(({ name }) => name !== "shop/echo");
  assert.deepEqual(new Set(others(meshProcesses(mesh))), new Set(others(before)));
});

test("a workload without its command is told in a sentence, and the others go on", async () => {
  const missing = echoWorkload({ name: "missing", command: ["no-such-program", "-v"] });
  mesh.write("missing.yaml", missing);
  await mesh.untilPrinted(
    /Cannot start shop\/missing \(.*missing\.yaml:\d+:\d+\): .*no-such-program/,
  );
  assert.match(mesh.output, /no command "no-such-program" is on the PATH/);
  assert.ok(await isAnswering());
});

test("a crash loop is told once, with the last words of the process", async () => {
  const program = "console.error('I cannot go on'); process.exit(3)";
  mesh.write("missing.yaml", echoWorkload({ name: "doomed", command: ["node", "-e", program] }));
  await mesh.untilPrinted(/shop\/doomed .*3 times in a row/, 10_000);
  await mesh.untilPrinted(/I cannot go on/);
  assert.equal(mesh.output.match(/times in a row/g)?.length, 1);
  assert.match(mesh.output, /shop\/doomed .*(exited with|code) 3/);
  assert.ok(await isAnswering());
  mesh.write("missing.yaml", "");
  await mesh.untilPrinted(/shop\/doomed is no longer declared/);
});

test("a port in use is told with who has it", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const parent = mkdtempSync(join(tmpdir(), "weft-up-"));
  try {
    const args = ["up", "-f", mesh.documents, "--mesh", parent, "--port-base", String(port - 12)];
    const { code, error } = await runWeft(args);
    assert.equal(code, 1);
    assert.match(error, new RegExp(`127\\.0\\.0\\.1:${port} .*pid ${process.pid}\\b`));
  } finally {
    taken.close();
    rmSync(parent, { recursive: true, force: true });
  }
});

test("Ctrl-C ends every process that it started, and no other", async (t) => {
  const bystander = spawn("node", [APPLICATION], { stdio: "ignore" });
  t.after(() => bystander.kill("SIGKILL"));
  const pid = bystander.pid!;
  const bystanderStart = processStart(pid);
  const started = descendantsOf(mesh.pid);
  for (const { name, pid: recorded } of meshProcesses(mesh)) {
    if (recorded === mesh.pid) continue;
    assert.ok(
      started.some((one) => one.pid === recorded),
      `${name} descends from it`,
    );
  }
  // Without itself, with the child of a child.
  assert.ok(started.length >= meshProcesses(mesh).length, "grandchildren are among them");
  mesh.signal("SIGINT");
  assert.equal(await mesh.untilEnded(), 0);
  assert.deepEqual(started.filter(isRunning), []);
  assert.equal(processStart(pid), bystanderStart);
  assert.match(mesh.output, /Stopped\s*$/);
});

test("when `weft up` is killed its proxies end by themselves, and the next one ends the rest", async () => {
  await mesh.startAgain();
  assert.ok(await isAnswering());
  const all = meshProcesses(mesh);
  const isApplication = ({ name }: { name: string }) => /^shop\/\w+$/.test(name);
  mesh.signal("SIGKILL");
  await mesh.untilEnded();
  await untilAllEnded(
    all.filter((one) => !isApplication(one)),
    3_000,
  );
  const orphans = all.filter(isApplication);
  assert.equal(orphans.filter(isRunning).length, orphans.length);
  await mesh.startAgain();
  assert.deepEqual(orphans.filter(isRunning), []);
  await mesh.untilPrinted(/Ended \d+ processes that a crashed .weft up. had left behind/);
  assert.ok(await isAnswering());
});

test("`weft down` ends the mesh, and then finds none", async () => {
  const started = descendantsOf(mesh.pid);
  const first = await mesh.weft("down");
  assert.equal(first.code, 0, first.error);
  assert.equal(await mesh.untilEnded(1_000), 0);
  assert.deepEqual(started.filter(isRunning), []);
  const second = await mesh.weft("down");
  assert.notEqual(second.code, 0);
  assert.match(second.out + second.error, /No mesh runs/);
});

async function answer(): Promise<{ readonly version: string }> {
  return requester.askJson(`${dependencyUrl(mesh, "shop/caller", "echo")}/`);
}

async function isAnswering(): Promise<boolean> {
  return (await requester.ask(`${dependencyUrl(mesh, "shop/caller", "echo")}/`)).status === 200;
}

function documents(version: string): string {
  return (
    echoWorkload({ name: "caller", isServed: false, dependencies: ["echo"], command: WITH_CHILD }) +
    echoWorkload({ name: "echo", environment: { VERSION: version } }) +
    echoService("echo")
  );
}

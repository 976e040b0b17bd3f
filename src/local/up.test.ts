import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { down } from "./down.ts";
import { isRunning } from "./is-running.ts";
import { StateFolder } from "./state-folder.ts";
import { eventually } from "./testing/eventually.ts";
import { order } from "./testing/scripted-mesh.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

// The control plane, two workloads and their sidecars.
const PROCESSES = 5;
// Some processes of Node start, perhaps on a busy machine.
const READY_WAIT_MS = 30_000;

const SKIP = { skip: process.platform !== "linux" };

test("with a limited time a mesh becomes ready, runs so long, and ends with code 0", async (t) => {
  const mesh = prepare(t);
  const { child, output } = startUp(t, mesh, "300");
  const [code] = await once(child, "exit");
  assert.equal(code, 0, output());
  assert.match(output(), /shop\/web is ready: http:\/\/127\.0\.0\.1:\d+\n/);
  assert.match(output(), /All 2 workloads are ready after \d+\.\d s\n/);
  assert.match(output(), /Stopped\n$/);
  assert.equal(mesh.state.readMesh(), undefined);
});

test("what keeps the control plane from starting is told, and is an end", async (t) => {
  const mesh = prepare(t);
  writeFileSync(join(mesh.documents, "fatal"), "");
  const { child, output } = startUp(t, mesh);
  const [code] = await once(child, "exit");
  assert.equal(code, 1);
  assert.match(output(), /Cannot read the root key\nStopped\n$/);
});

test("a second one in the same folder is refused with the pid of the first", SKIP, async (t) => {
  const mesh = prepare(t);
  const first = startUp(t, mesh);
  await untilReady(mesh);
  const second = startUp(t, mesh);
  const [code] = await once(second.child, "exit");
  assert.equal(code, 1);
  assert.match(second.output(), new RegExp(`another .weft up. .*pid ${first.child.pid}`));
  assert.equal(first.child.exitCode, null);
});

test("a crashed one's processes are ended by the next, which then runs", SKIP, async (t) => {
  const mesh = prepare(t);
  const first = startUp(t, mesh);
  await untilReady(mesh);
  const applications = recordsOf(mesh).filter(({ name }) => /^shop\/\w+$/.test(name));
  assert.equal(applications.length, 2);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  assert.ok(applications.every(isRunning), "applications know nothing of their supervisor");
  const second = startUp(t, mesh);
  const isItsTurn = () => second.output().includes("ready after");
  await eventually("the second's turn", isItsTurn, READY_WAIT_MS);
  assert.match(second.output(), /Ended \d processes that a crashed `weft up` had left behind/);
  assert.ok(!applications.some(isRunning));
});

test("down ends a mesh and everything it started, then finds none", SKIP, async (t) => {
  const mesh = prepare(t);
  const { child } = startUp(t, mesh);
  await untilReady(mesh);
  const records = recordsOf(mesh);
  const result = await down(mesh.state);
  assert.equal(result.hasEnded, true);
  assert.ok(!records.some(isRunning));
  await eventually("its exit", () => child.exitCode !== null);
  assert.equal(child.exitCode, 0);
  assert.deepEqual((await down(mesh.state)).hasEnded, false);
});

test("down ends what a crashed mesh left behind", SKIP, async (t) => {
  const mesh = prepare(t);
  const { child } = startUp(t, mesh);
  await untilReady(mesh);
  child.kill("SIGKILL");
  await once(child, "exit");
  const result = await down(mesh.state);
  assert.match(result.sentence, /ended \d processes that a crashed/);
  assert.ok(!recordsOf(mesh).some(isRunning));
});

type Prepared = {
  readonly documents: string;
  readonly parent: string;
  readonly state: StateFolder;
};

function prepare(t: TestContext): Prepared {
  const parent = temporaryFolder(t);
  const documents = join(parent, "mesh");
  mkdirSync(documents);
  const orders = [order("web"), order("jobs", { ports: [] })];
  writeFileSync(join(documents, "orders.json"), JSON.stringify(orders));
  return { documents, parent, state: new StateFolder(systemFiles, parent) };
}

function startUp(
  t: TestContext,
  { documents, parent }: Prepared,
  forMs = "",
): { readonly child: ChildProcess; output(): string } {
  const program = join(import.meta.dirname, "testing", "scripted-weft.ts");
  const child = spawn(process.execPath, [program, documents, parent, forMs]);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  return { child, output: () => text };
}

// The last one's record is written in the turn after the mesh is called ready.
function untilReady(mesh: Prepared): Promise<void> {
  const isRecorded = () => recordsOf(mesh).length === PROCESSES;
  const isReady = () => mesh.state.readMesh()?.isReady === true && isRecorded();
  return eventually("a ready mesh", isReady, READY_WAIT_MS);
}

function recordsOf({ state }: Prepared) {
  const text = readFileSync(join(state.path, "processes.json"), "utf8");
  return state.readProcesses()?.processes ?? assert.fail(text);
}

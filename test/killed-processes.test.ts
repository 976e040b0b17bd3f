// Processes of a mesh are killed under load: what was open in them fails, and nothing else.

import assert from "node:assert/strict";
import { availableParallelism, loadavg } from "node:os";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import { Callers } from "./support/callers.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl, findProcess, pidOf } from "./support/mesh-processes.ts";
import { NO_ANSWER, Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { SteadyLoad } from "./support/steady-load.ts";
import { credentialsOf, workloadRow } from "./support/workload-credentials.ts";

const CALLERS = 8;
// On a machine of our own. Where others run, too, everything takes so many times longer.
const BACK_WITHIN_MS = 1_000 * Math.max(1, loadavg()[0]! / availableParallelism());
const TRIES = 3;

let mesh: RunningMesh;
let echoUrl: string;
let pairUrl: string;

before(async () => {
  mesh = await RunningMesh.start({ documents: { "mesh.yaml": documents(["left", "right"]) } });
  echoUrl = dependencyUrl(mesh, "shop/caller", "echo");
  pairUrl = dependencyUrl(mesh, "shop/caller", "pair");
});

after(() => mesh.stop());

for (const [whose, workload] of [
  ["caller's", "shop/caller"],
  ["callee's", "shop/echo"],
] as const) {
  test(`a killed sidecar, the ${whose}, is back within a second and loses only what was open`, async (t) => {
    const before = credentialsOf(mesh, workload).serial;
    const awaysMs: number[] = [];
    // A busy machine may steal a second from one try.
    while (awaysMs.length < TRIES && !awaysMs.some((ms) => ms <= BACK_WITHIN_MS)) {
      const callers = Callers.start(t, { url: `${echoUrl}/?delayMs=50`, callers: CALLERS });
      await eventually("answers come", () => callers.answers >= 2 * CALLERS);
      const { open } = callers;
      awaysMs.push(await kill(`${workload} sidecar`, callers));
      await callers.stop();
      const { failures } = callers;
      assert.ok(failures.length <= open, `${open} open, failed: ${failures}`);
      assert.ok(!failures.includes(NO_ANSWER), failures.join());
    }
    t.diagnostic(`at most ${Math.round(BACK_WITHIN_MS)} ms is right`);
    t.diagnostic(`away for ${awaysMs.map((ms) => Math.round(ms)).join(", ")} ms`);
    assert.ok(awaysMs.at(-1)! <= BACK_WITHIN_MS);
    // With the identity that it had.
    assert.equal(credentialsOf(mesh, workload).serial, before);
    assert.equal(await newCallerAnswered(echoUrl), 200);
  });
}

test("nobody is refused while a sidecar is away: connections wait for its successor", async (t) => {
  const sidecar = findProcess(mesh, "shop/caller sidecar")!;
  process.kill(sidecar.pid, "SIGKILL");
  const statuses = await Promise.all(Array.from({ length: 20 }, () => newCallerAnswered(echoUrl)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  t.diagnostic(`${statuses.length} connections waited`);
});

test("a killed application is started again, and its twin answers meanwhile", async (t) => {
  const load = SteadyLoad.start(t, { url: pairUrl });
  await eventually("the load flows", () => load.openPorts.length > 0);
  const before = pidOf(mesh, "shop/left");
  process.kill(before, "SIGKILL");
  await eventually("left runs again", () => {
    const found = findProcess(mesh, "shop/left");
    return found !== undefined && found.pid !== before;
  });
  await eventually("left is ready", async () => (await workloadRow(mesh, "shop/left")).isReady);
  const { answers, succeeded, errors } = await load.stop();
  // Its exchanges at that moment, and those before its proxy noticed: no connection to it, no loss.
  assert.ok(answers - succeeded <= CALLERS, `${answers - succeeded} of ${answers} failed`);
  assert.ok(Object.values(errors).every((count) => count === 0));
  // The balancer bears it a grudge; where there is nobody else it answers. Who leaves in order loses
  // nothing.
  const further = SteadyLoad.start(t, { url: pairUrl });
  mesh.replace("mesh.yaml", documents(["left"]));
  await eventually("right is gone", () => findProcess(mesh, "shop/right") === undefined);
  const leaving = await further.stop();
  assert.equal(leaving.succeeded, leaving.answers);
  await eventually("left answers", async () => (await answeredBy(pairUrl)) === "shop/left");
});

// Returns how long it took until answers came through its successor.
async function kill(name: string, callers: Callers): Promise<number> {
  const before = pidOf(mesh, name);
  const startMs = performance.now();
  const wanted = callers.answers + CALLERS;
  process.kill(before, "SIGKILL");
  await eventually("answers come again", () => callers.answers >= wanted);
  const awayMs = performance.now() - startMs;
  assert.notEqual(pidOf(mesh, name), before);
  // Failures that come late count, too.
  await wait(500);
  return awayMs;
}

function documents(twins: readonly string[]): string {
  return (
    echoWorkload({ name: "caller", isServed: false, dependencies: ["echo", "pair"] }) +
    echoWorkload({ name: "echo" }) +
    echoService("echo") +
    twins.map((name) => echoWorkload({ name, app: "pair", serviceAccount: "pair" })).join("") +
    echoService("pair", { app: "pair" })
  );
}

async function newCallerAnswered(url: string): Promise<number> {
  const requester = new Requester(1);
  try {
    return (await requester.ask(`${url}/`)).status;
  } finally {
    requester.close();
  }
}

async function answeredBy(url: string): Promise<string> {
  const requester = new Requester(1);
  try {
    return (await requester.askJson(`${url}/`)).workload;
  } finally {
    requester.close();
  }
}

// The control plane is killed, and again whenever it comes back. Whoever runs, serves; whoever is
// started anew meanwhile, too.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { MeshStatus } from "#api/mesh-status.ts";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { CONTROL, dependencyUrl, findProcess, pidOf } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { SteadyLoad } from "./support/steady-load.ts";

const AWAY_MS = process.env["WEFT_TEST"] === "all" ? 60_000 : 20_000;
const LOOK_MS = 20;
// The supervisor's longest pause between two tries, and the start itself.
const BACK_WITHIN_MS = 15_000;

const requester = new Requester(1);
let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["steady", "restarted"] }) +
        echoWorkload({ name: "steady" }) +
        echoService("steady") +
        echoWorkload({ name: "restarted" }) +
        echoService("restarted"),
    },
  });
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("without a control plane nothing is lost, and what is restarted serves", async (t) => {
  const url = dependencyUrl(mesh, "shop/caller", "restarted");
  const steadyUrl = dependencyUrl(mesh, "shop/caller", "steady");
  // Dialled before: an unknown destination needs the control plane.
  for (const known of [url, steadyUrl]) await requester.askJson(`${known}/`);
  const load = SteadyLoad.start(t, { url: steadyUrl });
  await eventually("the load flows", () => load.openPorts.length > 0);
  const ports = load.openPorts;
  const endMs = performance.now() + AWAY_MS;
  const killing = keepKilling(CONTROL, endMs);
  await wait(1_000);
  assert.equal((await mesh.tryToAsk(ADMIN_PATHS.status)).kind, "error");

  for (const name of ["shop/restarted", "shop/restarted sidecar"]) {
    const before = pidOf(mesh, name);
    process.kill(before, "SIGKILL");
    await eventually(`${name} runs again`, () => {
      const found = findProcess(mesh, name);
      return found !== undefined && found.pid !== before;
    });
    await eventually(`${name} serves`, () => answers(url));
  }
  for (let i = 0; i < 50; i++) assert.ok(await answers(url));

  const kills = await killing;
  t.diagnostic(`killed ${kills} times`);
  assert.ok(kills >= 3);
  await eventually(
    "the control plane is back",
    async () => {
      const status = await mesh.tryToAsk<MeshStatus>(ADMIN_PATHS.status);
      return status.kind === "ok" && status.value.workloads.ready === 3;
    },
    BACK_WITHIN_MS,
  );
  assert.deepEqual(
    ports.filter((port) => !load.openPorts.includes(port)),
    [],
    "connections were closed",
  );
  await load.stopWithoutLoss();
});

test("when it is back, documents take effect again", async () => {
  const url = dependencyUrl(mesh, "shop/caller", "steady");
  mesh.write(
    "route.yaml",
    documentOf("gateway.networking.k8s.io/v1", "HTTPRoute", {
      metadata: { name: "steady", namespace: "shop" },
      spec: {
        parentRefs: [{ group: "", kind: "Service", name: "steady" }],
        rules: [{ backendRefs: [{ name: "restarted", port: 80 }] }],
      },
    }),
  );
  await eventually("the route holds", async () => {
    return (await requester.askJson(`${url}/`)).workload === "shop/restarted";
  });
});

// As soon as it is seen, long before it is ready.
async function keepKilling(name: string, untilMs: number): Promise<number> {
  let kills = 0;
  while (performance.now() < untilMs) {
    const found = findProcess(mesh, name);
    if (found) {
      process.kill(found.pid, "SIGKILL");
      kills++;
    }
    await wait(LOOK_MS);
  }
  return kills;
}

async function answers(url: string): Promise<boolean> {
  return requester.ask(`${url}/`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

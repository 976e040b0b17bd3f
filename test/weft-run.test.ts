// One process joins a running mesh and leaves it again.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { type CommandResult, runWeft, weftEnvironment } from "./support/run-weft.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const APPLICATION = join(import.meta.dirname, "support/echo-app.mjs");

let mesh: RunningMesh;

before(async () => {
  const annotations = { "weft.dev/joinable": "true" };
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["late"] }) +
        echoWorkload({ name: "echo" }) +
        echoService("echo") +
        echoService("late") +
        documentOf("v1", "ServiceAccount", {
          metadata: { name: "guest", namespace: "shop", annotations },
        }),
    },
  });
});

after(() => mesh.stop());

test("a command calls a service by its variable, as the service account that it joined with", async () => {
  const { code, out, error } = await run(
    ["--dependency", "echo:80"],
    "fetch(process.env.WEFT_ECHO_URL + '/').then((r) => r.text()).then(console.log)",
  );
  assert.equal(code, 0, error);
  const told = JSON.parse(out);
  assert.equal(told.workload, "shop/echo");
  assert.equal(
    told.headers["x-forwarded-client-cert"],
    "By=spiffe://mesh.local/ns/shop/sa/echo;URI=spiffe://mesh.local/ns/shop/sa/guest",
  );
});

test("a command calls a service by its name through the proxy that its environment names", async () => {
  const { code, out, error } = await run(
    [],
    "fetch('http://echo.shop:80/named').then((r) => r.text()).then(console.log)",
  );
  assert.equal(code, 0, error);
  const told = JSON.parse(out);
  assert.equal(told.workload, "shop/echo");
  assert.equal(told.url, "/named");
});

test("it exits as its command does", async () => {
  assert.equal((await run([], "process.exit(7)")).code, 7);
  assert.equal((await run([], "process.kill(process.pid, 'SIGTERM')")).code, 128 + 15);
  const missing = await runWeft(["run", ...AS_GUEST, "--mesh", mesh.parent, "--", "no-such-thing"]);
  assert.equal(missing.code, 127);
  assert.match(missing.error, /Cannot start "no-such-thing"/);
});

test("a service account that no document declares as joinable is refused", async () => {
  const args = ["run", "--namespace", "shop", "--service-account", "echo", "--mesh", mesh.parent];
  const { code, error } = await runWeft([...args, "--", "true"]);
  assert.equal(code, 1);
  assert.match(error, /no document declares it as joinable/);
  assert.match(error, /weft\.dev\/joinable: "true"/);
});

test("a command that listens serves the mesh until it ends, and nothing of it stays", async () => {
  const requester = new Requester(1);
  const url = `${dependencyUrl(mesh, "shop/caller", "late")}/`;
  const port = String(20_000 + (process.pid % 10_000));
  const environment = { ...weftEnvironment(), PORT: port };
  const flags = ["--name", "late", "--port", port, "--label", "app=late", "--mesh", mesh.parent];
  const program = `setTimeout(() => process.exit(0), 4_000); import(${JSON.stringify(APPLICATION)})`;
  const running = runWeft(["run", ...AS_GUEST, ...flags, "--", "node", "-e", program], {
    environment,
  });
  const isServed = async () =>
    requester.ask(url).then(
      ({ status, text }) => status === 200 && JSON.parse(text).workload === "shop/late",
      () => false,
    );
  await eventually("it serves", isServed);
  const joined = (await workloads()).find(({ name }) => name === "late");
  assert.equal(joined?.source, "joined");
  const { code, error } = await running;
  assert.equal(code, 0, error);
  requester.close();
  assert.ok(!(await workloads()).some(({ source }) => source === "joined"));
  const kept = readdirSync(join(mesh.state, "proxies"));
  assert.deepEqual(kept.sort(), ["shop.caller", "shop.echo"]);
});

test("without a mesh it says so, and exits with 3", async () => {
  const { code, error } = await runWeft(["run", "--mesh", "/nowhere", "--", "true"]);
  assert.equal(code, 3);
  assert.match(error, /Cannot find a running mesh/);
});

const AS_GUEST = ["--namespace", "shop", "--service-account", "guest"];

function run(flags: readonly string[], program: string): Promise<CommandResult> {
  const all = ["run", ...AS_GUEST, ...flags, "--mesh", mesh.parent];
  return runWeft([...all, "--", "node", "-e", program]);
}

async function workloads(): Promise<readonly WorkloadRow[]> {
  return (await mesh.ask<Rows<WorkloadRow>>(ADMIN_PATHS.workloads)).rows;
}

// `weft apply` and `weft rollback`: a set of documents as one change, that every proxy acknowledges.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { adminOf } from "./support/admin-of.ts";
import { runWeft } from "./support/run-weft.ts";
import { application, smallMesh } from "./support/small-mesh.ts";

const MESH = `# the shop
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec:
  selector: { app: echo }
  ports: [{ name: http, port: 8080, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: echo, namespace: shop, labels: { app: echo } }
spec:
  command: ["true"]
  serviceAccount: echo
  ports: [{ name: http, port: 9000, protocol: http }]
`;

const route = (status: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: echo, namespace: shop }
spec:
  hosts: [echo]
  http:
    - directResponse: { status: ${status} }
`;

test("a change is in force at every proxy when the command returns", async (t) => {
  const { weft, ask, write, documents } = await appliedMesh(t);
  assert.equal(await ask(), 200);
  write("route.yaml", route(418));
  const { code, out, error } = await weft("apply", "-f", "route.yaml");
  assert.equal(error, "");
  assert.equal(code, 0);
  assert.match(out, /^[-0-9a-f]{36}: revision \d+, acknowledged by 2 of 2 proxies after \d+ ms$/m);
  assert.equal(await ask(), 418);
  assert.equal(readFileSync(join(documents, "route.yaml"), "utf8"), route(418));
});

test("an object that a file has already takes its place there, and comments stay", async (t) => {
  const { weft, write, documents } = await appliedMesh(t);
  const service = MESH.split("---")[0]!.replace("# the shop\n", "");
  write("other.yaml", service.replace("8080", "8081"));
  await weft("apply", "-f", "other.yaml");
  const text = readFileSync(join(documents, "mesh.yaml"), "utf8");
  assert.equal(text, MESH.replace("# the shop\n", "").replace("8080", "8081"));
});

test("a dry run says which rules of which service would change, and changes nothing", async (t) => {
  const { weft, ask, write } = await appliedMesh(t);
  write("route.yaml", route(418));
  const { out, code } = await weft("apply", "-f", "route.yaml", "--dry-run");
  assert.equal(code, 0);
  assert.match(out, /^service shop\/echo port 8080: changed$/m);
  assert.match(out, /^ {2}- default: echo 100 %$/m);
  assert.match(out, /^ {2}\+ VirtualService shop\/echo 0: answered by the proxy$/m);
  assert.equal(await ask(), 200);
});

test("a change with errors is refused with the first of them, and the rest goes on", async (t) => {
  const { weft, ask, write } = await appliedMesh(t);
  write("route.yaml", route(418).replace("status: 418", "status: many"));
  const { error, code } = await weft("apply", "-f", "route.yaml");
  assert.equal(code, 1);
  assert.match(
    error,
    /^Cannot apply this: route\.yaml:\d+:\d+: spec\.http\[0\]\.directResponse\.status: .*Found "many"/m,
  );
  assert.equal(await ask(), 200);
});

test("a change is rolled back, once, and not over a later edit", async (t) => {
  const { weft, ask, write, documents, reread } = await appliedMesh(t);
  write("route.yaml", route(418));
  await weft("apply", "-f", "route.yaml");
  assert.equal((await weft("rollback")).code, 0);
  assert.equal(await ask(), 200);
  const again = await weft("rollback");
  assert.match(again.error, /nothing was changed by `weft apply` or the dashboard/);
  await weft("apply", "-f", "route.yaml");
  writeFileSync(join(documents, "route.yaml"), route(429));
  await reread();
  const { error, code } = await weft("rollback");
  assert.equal(code, 1);
  assert.match(error, /route\.yaml was changed since/);
  assert.equal(await ask(), 429);
  const { out } = await weft("rollback", "--list");
  assert.match(out, /in-force +route\.yaml/);
  assert.match(out, /rolled-back +route\.yaml/);
});

test("single fields are edited where they stand", async (t) => {
  const { weft, write, documents } = await appliedMesh(t);
  write("route.yaml", route(418));
  await weft("apply", "-f", "route.yaml");
  const field = "spec.http.0.directResponse.status";
  const { code, error } = await weft("edit", "virtualservice/echo", "-n", "shop", `${field}=429`);
  assert.equal(error, "");
  assert.equal(code, 0);
  assert.equal(readFileSync(join(documents, "route.yaml"), "utf8"), route(429));
  const nobody = await weft("edit", "virtualservice/other", "-n", "shop", `${field}=429`);
  assert.equal(nobody.code, 1);
  assert.match(nobody.error, /no file has it as a document/);
});

test("a fault is injected into a service, explained by its name, and ends by itself", async (t) => {
  const { weft, ask } = await appliedMesh(t);
  const { code, error } = await weft(
    "fault",
    "svc/echo",
    "-n",
    "shop",
    "--abort",
    "418",
    "--for",
    "3s",
  );
  assert.equal(error, "");
  assert.equal(code, 0);
  assert.equal(await ask(), 418);
  const question = ["--from", "caller.shop", "--to", "echo.shop:8080"];
  const explained = await weft("explain", ...question);
  assert.match(explained.out, /it is answered 418 .* on purpose \(FaultInjection shop\/echo\)/);
  await eventually("the fault has ended", async () => (await ask()) === 200);
  const wrong = await weft("fault", "svc/echo", "-n", "shop");
  assert.equal(wrong.code, 2);
});

test("of two faults, one over the other, nothing stays when both have had their time", async (t) => {
  const { weft, ask } = await appliedMesh(t);
  const fault = (status: string, time: string) =>
    weft("fault", "svc/echo", "-n", "shop", "--abort", status, "--for", time);
  await fault("418", "2s");
  await fault("429", "5s");
  assert.equal(await ask(), 429);
  await eventually("both have ended", async () => (await ask()) === 200, 15_000);
});

test("a change for a time ends by itself", async (t) => {
  const { weft, ask, write } = await appliedMesh(t);
  write("route.yaml", route(418));
  await weft("apply", "-f", "route.yaml", "--for", "2s");
  assert.equal(await ask(), 418);
  await eventually("the change has ended", async () => (await ask()) === 200);
});

async function appliedMesh(t: TestContext) {
  const echo = await application((_, response) => response.end("ok"));
  const mesh = await smallMesh({ "mesh.yaml": MESH });
  t.after(async () => {
    await mesh.close();
    echo.close();
  });
  await mesh.proxy("echo", { application: { declared: 9000, port: echo.port } });
  const caller = await mesh.proxy("caller");
  const { folder } = await adminOf(t, mesh.control);
  return {
    documents: mesh.folder,
    weft: (...args: readonly string[]) => runWeft([...args, "--mesh", folder], { folder }),
    ask: async () => (await fetch(caller.url("echo:8080"))).status,
    write: (file: string, text: string) => writeFileSync(join(folder, file), text),
    reread: () => mesh.control.reread(),
  };
}

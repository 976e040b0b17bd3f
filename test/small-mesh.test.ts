import assert from "node:assert/strict";
import { test } from "node:test";
import { application, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const DOCUMENTS = {
  "mesh.yaml": `
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
`,
};

test("a request goes from sidecar to sidecar and back, with its body both ways", async (t) => {
  const mesh = await echoMesh(t);
  const caller = await mesh.proxy("caller");
  const body = "x".repeat(300_000);
  const answer = await fetch(`${caller.url("echo:8080")}/some/path?q=1`, { method: "POST", body });
  assert.equal(answer.status, 200);
  const said = JSON.parse(answer.headers.get("x-echo")!);
  assert.equal(said.method, "POST");
  assert.equal(said.url, "/some/path?q=1");
  assert.equal(said.headers.host, "echo:8080");
  assert.equal(
    said.headers["x-forwarded-client-cert"],
    "By=spiffe://mesh.local/ns/shop/sa/echo;URI=spiffe://mesh.local/ns/shop/sa/caller",
  );
  assert.deepEqual(
    Object.keys(said.headers).filter((name) => name.startsWith("weft-")),
    [],
  );
  assert.equal(await answer.text(), body);
});

test("a destination that nobody declares is refused with its cause", async (t) => {
  const mesh = await echoMesh(t);
  const caller = await mesh.proxy("caller");
  const answer = await fetch(`${caller.url("nobody:80")}/`);
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get("weft-cause"), "destination-unknown");
});

test("a request without the workload's secret is refused", async (t) => {
  const mesh = await echoMesh(t);
  const caller = await mesh.proxy("caller");
  const { address, port } = caller.settings.outbound;
  for (const path of ["/", "/~wrong/echo:8080/", "/~/echo:8080/"]) {
    const answer = await fetch(`http://${address}:${port}${path}`);
    assert.equal(answer.status, 403, path);
    assert.equal(answer.headers.get("weft-cause"), "secret-missing");
  }
});

async function echoMesh(t: { after(run: () => Promise<void>): void }): Promise<SmallMesh> {
  const echo = await application((request, response) => {
    const { method, url, headers } = request;
    response.setHeader("x-echo", JSON.stringify({ method, url, headers }));
    request.pipe(response);
  });
  const mesh = await smallMesh(DOCUMENTS);
  t.after(async () => {
    await mesh.close();
    echo.close();
  });
  await mesh.proxy("echo", { application: { declared: 9000, port: echo.port } });
  return mesh;
}

test("a request for a service that is just starting waits for its first endpoint", async (t) => {
  const echo = await application((_, response) => response.end("here"));
  const mesh = await smallMesh(DOCUMENTS);
  t.after(async () => {
    await mesh.close();
    echo.close();
  });
  const caller = await mesh.proxy("caller");
  const early = fetch(caller.url("echo:8080"));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await mesh.proxy("echo", { application: { declared: 9000, port: echo.port } });
  assert.equal(await (await early).text(), "here");
});

test("a service that stays without endpoints answers 503, at first late and then at once", async (t) => {
  const mesh = await smallMesh(DOCUMENTS);
  t.after(() => mesh.close());
  const caller = await mesh.proxy("caller");
  const first = await fetch(caller.url("echo:8080"));
  assert.equal(first.status, 503);
  assert.equal(first.headers.get("weft-cause"), "no-endpoint");
  const later = fetch(caller.url("echo:8080"));
  const isFirst = await Promise.race([
    later.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 1000, false)),
  ]);
  assert.equal(isFirst, true);
});

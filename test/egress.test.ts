import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { connectThrough } from "./support/connect-through.ts";
import { askOf, outsideApplication, outsideMesh, withNames } from "./support/outside-mesh.ts";
import { SECRET } from "./support/small-mesh.ts";

const openMesh = `---
apiVersion: weft.dev/v1alpha1
kind: MeshConfig
metadata: { name: mesh }
spec: { outboundTrafficPolicy: { mode: ALLOW_ANY } }
`;
const sidecar = (namespace: string, spec: string): string => `---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: ${namespace} }
spec: ${spec}
`;
const host = (name: string, port: number, namespace = "shop"): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}.example.com]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${port} }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1 }]
`;

test("where anything may be dialled it is, but for whom a Sidecar says otherwise", async (t) => {
  const outside = await outsideApplication(t, "anybody");
  const mesh = await outsideMesh(
    t,
    openMesh + sidecar("other", "{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }"),
  );
  const names = withNames({ "news.example.org": ["192.0.2.1"] });
  const key = `news.example.org:${outside.port}`;
  const shop = await mesh.proxy("caller-shop", names);
  assert.equal(await askOf(shop, key), "anybody");
  assert.equal(await askOf(shop, `127.0.0.1:${outside.port}`), "403 destination-forbidden");
  const other = await mesh.proxy("caller-other", names);
  assert.equal(await askOf(other, key), "502 destination-unknown");
});

test("a Sidecar's egress is all that its workloads see", async (t) => {
  const [a, b] = [await outsideApplication(t, "a"), await outsideApplication(t, "b")];
  const mesh = await outsideMesh(
    t,
    host("a", a.port) +
      host("b", b.port, "other") +
      sidecar("shop", '{ egress: [{ hosts: ["./*"] }] }'),
  );
  const shop = await mesh.proxy("caller-shop");
  assert.equal(await askOf(shop, "a.example.com:80"), "a");
  assert.equal(await askOf(shop, "b.example.com:80"), "502 destination-unknown");
  const other = await mesh.proxy("caller-other");
  assert.equal(await askOf(other, "a.example.com:80"), "a");
  assert.equal(await askOf(other, "b.example.com:80"), "b");
});

test("a host for TCP is dialled by its name, and by the address that it was given", async (t) => {
  const server = createServer((socket) => socket.end("bytes"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const mesh = await outsideMesh(
    t,
    `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: db, namespace: shop }
spec:
  hosts: [db.example.com]
  ports: [{ number: 5432, name: tcp, protocol: TCP, targetPort: ${port} }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1 }]
`,
  );
  const { hosts } = mesh.control.snapshot.directory;
  const address = [...hosts.keys()].find((name) => name.startsWith("240.240."));
  const caller = await mesh.proxy("caller-shop");
  for (const name of ["db.example.com", address!]) {
    const socket = await connectThrough(caller, `${name}:5432`, SECRET);
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.equal(text, "bytes", name);
  }
});

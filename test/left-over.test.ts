// What the rules of a VirtualService are not about: requests for other hosts of a pattern, bytes
// that no rule for connections takes, callers that no rule is for.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { connectThrough } from "./support/connect-through.ts";
import { askOf, outsideApplication, outsideMesh, withNames } from "./support/outside-mesh.ts";
import { SECRET } from "./support/small-mesh.ts";
import { undeclaredMesh } from "./support/undeclared-mesh.ts";

type Test = { after(run: () => void | Promise<void>): void };

const service = (name: string, kind: string, port: number): string => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ports: [{ name: ${kind}, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-1, namespace: shop, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: ${kind}, port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
const wild = (port: number): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: wild, namespace: shop }
spec:
  hosts: ["*.example.com"]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${port} }]
  resolution: NONE
`;
const rules = (name: string, host: string, spec: string): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec:
  hosts: ["${host}"]${spec}
`;
const toOne =
  "\n  http: [{ match: [{ uri: { prefix: /a } }], route: [{ destination: { host: one } }] }]";
const toTwo = "\n  http: [{ route: [{ destination: { host: two } }] }]";

async function tcpServer(t: Test, name: string): Promise<number> {
  const server = createServer((socket) => socket.end(name));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function said(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}

test("what a host's own rules leave, those for a pattern don't take", async (t) => {
  const [one, two] = [await outsideApplication(t, "one"), await outsideApplication(t, "two")];
  const mesh = await outsideMesh(
    t,
    service("one", "http", one.port) +
      service("two", "http", two.port) +
      wild(9) +
      rules("all", "*.example.com", toTwo) +
      rules("api", "api.example.com", toOne),
  );
  const caller = await mesh.proxy("caller-shop");
  assert.equal(await askOf(caller, "api.example.com:80", "/a"), "one");
  assert.equal(await askOf(caller, "api.example.com:80", "/b"), "404 no-route");
  assert.equal(await askOf(caller, "web.example.com:80", "/b"), "two");
});

test("a pattern's other hosts go where they were dialled, if only one has rules", async (t) => {
  const [one, outside] = [await outsideApplication(t, "one"), await outsideApplication(t, "out")];
  const mesh = await outsideMesh(
    t,
    service("one", "http", one.port) + wild(outside.port) + rules("api", "api.example.com", toOne),
  );
  const names = { "api.example.com": ["192.0.2.1"], "web.example.com": ["192.0.2.2"] };
  const caller = await mesh.proxy("caller-shop", withNames(names));
  assert.equal(await askOf(caller, "api.example.com:80", "/a"), "one");
  assert.equal(await askOf(caller, "api.example.com:80", "/b"), "404 no-route");
  assert.equal(await askOf(caller, "web.example.com:80", "/a"), "out");
});

test("bytes that no tcp rule takes go to the host itself, and never by rules for requests", async (t) => {
  const wrong = await tcpServer(t, "wrong");
  const greeter = createServer((socket) => {
    socket.on("error", () => {}).write("right");
  });
  const match =
    "{ match: [{ sourceLabels: { app: nobody } }], route: [{ destination: { host: one } }] }";
  const mesh = await undeclaredMesh(
    t,
    greeter,
    service("one", "tcp", wrong) +
      rules(
        "things",
        "things",
        `\n  tcp: [${match}]\n  http: [{ route: [{ destination: { host: one } }] }]`,
      ),
  );
  const socket = await mesh.dial();
  const [greeting] = await once(socket, "data");
  assert.equal(String(greeting), "right");
});

test("connections of callers that no rule is for go to the host itself, also with TLS", async (t) => {
  const [own, other] = [await tcpServer(t, "own"), await tcpServer(t, "other")];
  const route = "route: [{ destination: { host: other } }]";
  const byCaller = (match: string) => `${match}sourceLabels: { app: nobody } }], ${route} }]`;
  const mesh = await outsideMesh(
    t,
    service("other", "tcp", other) +
      service("plain", "tcp", own) +
      service("secure", "https-web", own) +
      rules("plain", "plain", byCaller("\n  tcp: [{ match: [{ ")) +
      rules("secure", "secure", byCaller("\n  tls: [{ match: [{ sniHosts: [secure], ")),
  );
  assert.deepEqual(mesh.control.diagnostics, []);
  const caller = await mesh.proxy("caller-shop");
  for (const host of ["plain", "secure"]) {
    const socket = await connectThrough(caller, `${host}:80`, SECRET);
    socket.write("no hello of TLS");
    assert.equal(await said(socket), "own", host);
  }
});

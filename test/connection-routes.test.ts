// Routes for connections: by the server that a ClientHello names, by the address that was dialled, by
// who asks, and by weight.

import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { connectThrough } from "./support/connect-through.ts";
import { outsideMesh } from "./support/outside-mesh.ts";
import { type RunningProxy, SECRET } from "./support/small-mesh.ts";
import { TestAuthority } from "./support/test-authority.ts";

type Test = { after(run: () => void | Promise<void>): void };

async function tcpServer(t: Test, name: string): Promise<number> {
  const server = createServer((socket) => socket.end(name));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function tlsServer(t: Test, name: string): Promise<number> {
  const authority = await TestAuthority.create();
  const { keyPem, certificatePem } = await authority.issue({ uris: [], dns: ["x.example.com"] });
  const server = createTlsServer({ key: keyPem, cert: certificatePem }, (socket) => {
    socket.end(name);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function said(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  try {
    for await (const chunk of stream) text += chunk;
  } catch (error) {
    return `broken: ${(error as NodeJS.ErrnoException).code}`;
  }
  return text;
}

async function overTls(caller: RunningProxy, key: string, servername: string): Promise<string> {
  const socket = await connectThrough(caller, key, SECRET);
  return said(connectTls({ socket, servername, rejectUnauthorized: false }));
}

const service = (name: string, port: number, kind: "tls" | "tcp"): string => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ports: [{ name: ${kind}-${name}, port: 9000, appProtocol: ${kind} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-1, namespace: shop, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: ${kind}-${name}, port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;

test("Istio's tls routes go by server name, and what none names gets nowhere", async (t) => {
  const [a, b] = [await tlsServer(t, "a"), await tlsServer(t, "b")];
  const mesh = await outsideMesh(
    t,
    `${service("one", a, "tls")}${service("two", b, "tls")}---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: wild, namespace: shop }
spec:
  hosts: ["*.example.com"]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: wild, namespace: shop }
spec:
  hosts: ["*.example.com"]
  tls:
    - match: [{ port: 443, sniHosts: [a.example.com] }]
      route: [{ destination: { host: one, port: { number: 9000 } } }]
    - match: [{ sniHosts: ["*.b.example.com"], sourceLabels: { app: caller } }]
      route: [{ destination: { host: two, port: { number: 9000 } } }]
    - match: [{ sniHosts: ["*.example.com"], sourceLabels: { app: nobody } }]
      route: [{ destination: { host: one } }]
`,
  );
  const caller = await mesh.proxy("caller-shop");
  const key = "any.example.com:443";
  assert.equal(await overTls(caller, key, "a.example.com"), "a");
  assert.equal(await overTls(caller, key, "A.B.example.com"), "b");
  assert.match(await overTls(caller, key, "c.example.com"), /^broken/);
});

test("Istio's tls routes are for ports of Services that say TLS by any of its names", async (t) => {
  const ports = [
    "{ name: https, port: 1 }",
    "{ name: https-web, port: 2 }",
    "{ name: tls-mail, port: 3 }",
    "{ name: web, port: 4, appProtocol: https }",
    "{ name: other, port: 5, appProtocol: TLS }",
    "{ name: http-socket, port: 6, appProtocol: kubernetes.io/wss }",
    "{ name: tcp-plain, port: 7 }",
    "{ name: https-not, port: 8, appProtocol: tcp }",
  ];
  const mesh = await outsideMesh(
    t,
    `---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: caller }, ports: [${ports}] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web, a.example.com]
  tls: [{ match: [{ sniHosts: [a.example.com] }], route: [{ destination: { host: web } }] }]
`,
  );
  const routed = [1, 2, 3, 4, 5, 6, 7, 8].filter((port) => {
    const { routes } = mesh.control.snapshot.outbound.get(`shop/web/${port}`)!;
    return routes.some(({ name }) => name === "VirtualService shop/web");
  });
  assert.deepEqual(routed, [1, 2, 3, 4, 5, 6]);
});

test("Istio's tcp routes go by weight and by the address that was dialled", async (t) => {
  const [a, b] = [await tcpServer(t, "a"), await tcpServer(t, "b")];
  const mesh = await outsideMesh(
    t,
    `${service("one", a, "tcp")}${service("two", b, "tcp")}---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: db, namespace: shop }
spec:
  hosts: [db.example.com]
  addresses: [198.51.100.0/24, 203.0.113.7]
  ports: [{ number: 5432, name: tcp, protocol: TCP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { tcp: 9 } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: db, namespace: shop }
spec:
  hosts: [db.example.com]
  tcp:
    - match: [{ destinationSubnets: [198.51.100.0/25] }]
      route: [{ destination: { host: two, port: { number: 9000 } } }]
    - route:
        - { destination: { host: one, port: { number: 9000 } }, weight: 50 }
        - { destination: { host: two, port: { number: 9000 } }, weight: 50 }
`,
  );
  const caller = await mesh.proxy("caller-shop");
  const ask = async (host: string) => said(await connectThrough(caller, `${host}:5432`, SECRET));
  assert.equal(await ask("198.51.100.9"), "b");
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask("db.example.com")));
  const count = answers.filter((answer) => answer === "a").length;
  assert.ok(count > 5 && count < 35, `${count} of 40`);
  assert.deepEqual([...new Set(answers)].sort(), ["a", "b"]);
});

test("TLSRoutes win over TCPRoutes of the same Service, the narrowest name first", async (t) => {
  const [a, b, c] = [await tlsServer(t, "a"), await tlsServer(t, "b"), await tlsServer(t, "c")];
  const route = (kind: string, name: string, hostnames: string, backend: string): string => `---
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: one }]${hostnames}
  rules: [{ backendRefs: [{ name: ${backend}, port: 9000 }] }]
`;
  const mesh = await outsideMesh(
    t,
    service("one", a, "tls") +
      service("two", b, "tls") +
      service("three", c, "tls") +
      route("TCPRoute", "rest", "", "three") +
      route("TLSRoute", "wide", '\n  hostnames: ["*.example.com"]', "two") +
      route("TLSRoute", "narrow", "\n  hostnames: [a.example.com]", "one"),
  );
  const caller = await mesh.proxy("caller-shop");
  assert.equal(await overTls(caller, "one:9000", "a.example.com"), "a");
  assert.equal(await overTls(caller, "one:9000", "b.example.com"), "b");
  assert.equal(await overTls(caller, "one:9000", "example.org"), "c");
});

// Several documents for one host: what they come to together, and what is said where they don't.

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeObjects } from "#control/plane/describe-objects.ts";
import { askOf, outsideApplication, outsideMesh } from "./support/outside-mesh.ts";
import type { RunningProxy } from "./support/small-mesh.ts";

const entry = (name: string, host: string, ports: string, rest: string): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: shop }
spec:
  hosts: [${host}]
  ports: [${ports}]
  ${rest}
`;
const at = (port: string): string => `{ address: 127.0.0.1, ports: ${port} }`;
const pay = (port: number): string => `---
apiVersion: v1
kind: Service
metadata: { name: pay, namespace: shop }
spec: { ports: [{ name: http, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: pay-1, namespace: shop, labels: { kubernetes.io/service-name: pay } }
addressType: IPv4
ports: [{ name: http, port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;

async function answersOf(caller: RunningProxy, key: string): Promise<readonly string[]> {
  const answers = await Promise.all(Array.from({ length: 30 }, () => askOf(caller, key)));
  return [...new Set(answers)].sort();
}

test("an entry for a Service's own name adds its endpoints to the Service's", async (t) => {
  const [inside, outside] = [await outsideApplication(t, "in"), await outsideApplication(t, "out")];
  const host = "pay.shop.svc.cluster.local";
  const ports = "{ number: 80, name: http, protocol: HTTP }, { number: 81, name: more }";
  const endpoints = `resolution: STATIC\n  endpoints: [${at(`{ http: ${outside.port} }`)}]`;
  const mesh = await outsideMesh(t, pay(inside.port) + entry("pay-vm", host, ports, endpoints));
  const caller = await mesh.proxy("caller-shop");
  for (const name of ["pay", host]) {
    assert.deepEqual(await answersOf(caller, `${name}:80`), ["in", "out"], name);
  }
  const told = mesh.control.diagnostics.map(({ code, message }) => `${code} ${message}`);
  assert.deepEqual(told, [
    `WEFT212 Of ServiceEntry shop/pay-vm this does not count for ${host}: ` +
      'Service shop/pay has that host: port "more"',
  ]);
});

test("entries that agree have the ports of all, and one that doesn't is told", async (t) => {
  const names = ["a", "b", "c"] as const;
  const [a, b, c] = await Promise.all(names.map((name) => outsideApplication(t, name)));
  const host = "api.example.com";
  const first = "{ number: 80, name: http, protocol: HTTP }";
  const second = "{ number: 81, name: http-more, protocol: HTTP }";
  const endpoint = (port: string) => `resolution: STATIC\n  endpoints: [${at(port)}]`;
  const mesh = await outsideMesh(
    t,
    entry("one", host, first, endpoint(`{ http: ${a!.port} }`)) +
      entry(
        "two",
        host,
        `${first}, ${second}`,
        endpoint(`{ http: ${b!.port}, http-more: ${b!.port} }`),
      ) +
      entry(
        "zzz",
        host,
        `{ number: 82, name: http-dns, protocol: HTTP, targetPort: ${c!.port} }`,
        "resolution: DNS",
      ),
    async () => ["127.0.0.1"],
  );
  const caller = await mesh.proxy("caller-shop");
  assert.deepEqual(await answersOf(caller, `${host}:80`), ["a", "b"]);
  assert.ok((await answersOf(caller, `${host}:81`)).includes("b"));
  assert.deepEqual(await answersOf(caller, `${host}:82`), ["502 destination-unknown"]);
  const told = mesh.control.diagnostics.map(({ code, ref }) => `${code} ${ref?.name}`);
  assert.deepEqual(told, ["WEFT212 zzz"]);
});

test("`weft get serviceentries` tells by which addresses hosts are dialled", async (t) => {
  const port = "{ number: 80, name: http, protocol: HTTP }";
  const endpoints = `resolution: STATIC\n  endpoints: [${at("{ http: 9 }")}]`;
  const mesh = await outsideMesh(
    t,
    entry("given", "given.example.com", port, `addresses: [198.51.100.7]\n  ${endpoints}`) +
      entry("none", "none.example.com", port, endpoints) +
      entry("wild", '"*.example.org"', port, "resolution: NONE"),
  );
  const query = { kind: "serviceentry", namespace: undefined, name: undefined };
  const [given, none, wild] = describeObjects(mesh.control, query).map(({ hosts }) => hosts?.[0]);
  const host = "given.example.com";
  assert.deepEqual(given, { host, addresses: ["198.51.100.7"], isAllocated: false });
  assert.deepEqual(wild, { host: "*.example.org", addresses: [], isAllocated: false });
  assert.equal(none!.isAllocated, true);
  const [address] = none!.addresses;
  assert.match(address!, /^240\.240\.\d+\.\d+$/);
  assert.ok(mesh.control.snapshot.directory.hosts.has(address!));
});

test("rules for another name of a Service have no effect, as is told; as a backend it is that", async (t) => {
  const [inside, outside] = [await outsideApplication(t, "in"), await outsideApplication(t, "out")];
  const rules = (host: string, to: string): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: for-${host}, namespace: shop }
spec: { hosts: [${host}], http: [{ route: [{ destination: { host: ${to} } }] }] }
`;
  const mesh = await outsideMesh(
    t,
    `${pay(inside.port)}---
apiVersion: v1
kind: Service
metadata: { name: alias, namespace: shop }
spec: { type: ExternalName, externalName: pay.shop.svc.cluster.local }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: for-alias, namespace: shop }
spec: { host: alias, trafficPolicy: { loadBalancer: { simple: RANDOM } } }
` +
      entry(
        "front",
        "front.example.com",
        "{ number: 80, name: http, protocol: HTTP }",
        `resolution: STATIC\n  endpoints: [${at(`{ http: ${outside.port} }`)}]`,
      ) +
      rules("alias", "front.example.com") +
      rules("front.example.com", "alias"),
  );
  const told = mesh.control.diagnostics.map(({ code, ref }) => `${code} ${ref?.kind} ${ref?.name}`);
  assert.deepEqual(told, ["WEFT213 DestinationRule for-alias", "WEFT213 VirtualService for-alias"]);
  const caller = await mesh.proxy("caller-shop");
  assert.equal(await askOf(caller, "alias:80"), "in");
  assert.equal(await askOf(caller, "front.example.com:80"), "in");
});

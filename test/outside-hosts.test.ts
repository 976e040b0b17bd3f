import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "#base/clock.ts";
import { eventually } from "#local/testing/eventually.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { askOf, outsideApplication, outsideMesh, withNames } from "./support/outside-mesh.ts";

const entry = (name: string, spec: string, namespace = "shop"): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;

test("a host with static endpoints is split among its subsets, for whom it is exported to", async (t) => {
  const [one, two] = [await outsideApplication(t, "v1"), await outsideApplication(t, "v2")];
  const mesh = await outsideMesh(
    t,
    `${entry(
      "prices",
      `
  hosts: [prices.example.com]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  exportTo: ["."]
  endpoints:
    - { address: 127.0.0.1, ports: { http: ${one.port} }, labels: { version: v1 } }
    - { address: 127.0.0.1, ports: { http: ${two.port} }, labels: { version: v2 } }`,
    )}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: prices, namespace: shop }
spec:
  host: prices.example.com
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: prices, namespace: shop }
spec:
  hosts: ["*.example.com"]
  http:
    - match: [{ uri: { prefix: /new } }]
      route: [{ destination: { host: prices.example.com, subset: v2 } }]
    - route: [{ destination: { host: prices.example.com, subset: v1 } }]
`,
  );
  assert.deepEqual(mesh.control.diagnostics, []);
  const shop = await mesh.proxy("caller-shop");
  assert.equal(await askOf(shop, "prices.example.com:80"), "v1");
  assert.equal(await askOf(shop, "prices.example.com:80", "/new/1"), "v2");
  const other = await mesh.proxy("caller-other");
  assert.equal(await askOf(other, "prices.example.com:80"), "502 destination-unknown");
});

test("a host is found by DNS, again and again, and what was found last goes on", async (t) => {
  const outside = await outsideApplication(t, "dns");
  let found: () => Promise<readonly string[]> = async () => [];
  const hosts: string[] = [];
  const mesh = await outsideMesh(
    t,
    entry(
      "api",
      `
  hosts: [api.example.com]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${outside.port} }]
  resolution: DNS`,
    ),
    (host) => {
      hosts.push(host);
      return found();
    },
  );
  const endpoints = (): number => {
    const [backend] = mesh.control.snapshot.outbound.get("shop/api.example.com/80")!.backends;
    return backend?.kind === "endpoints" ? backend.endpoints.length : -1;
  };
  assert.equal(endpoints(), 0);
  found = async () => ["127.0.0.1", "169.254.169.254"];
  while (endpoints() === 0) await sleep(20);
  assert.equal(endpoints(), 1, "what is link-local is left out");
  const caller = await mesh.proxy("caller-shop");
  assert.equal(await askOf(caller, "api.example.com:80"), "dns");
  assert.deepEqual([...new Set(hosts)], ["api.example.com"]);
});

test("by DNS_ROUND_ROBIN the first address of a host gets everything, by DNS each its part", async (t) => {
  const [one, two] = [await outsideApplication(t, "one"), await outsideApplication(t, "two")];
  const host = (name: string, resolution: string): string =>
    entry(
      name,
      `
  hosts: [${name}.example.com]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 7000 }]
  resolution: ${resolution}`,
    );
  const found = async () => ["192.0.2.1", "192.0.2.2"];
  const documents = host("first", "DNS_ROUND_ROBIN") + host("all", "DNS");
  const mesh = await outsideMesh(t, documents, found);
  const ports = new Map([
    ["192.0.2.1", one.port],
    ["192.0.2.2", two.port],
  ]);
  const dial = netDial(systemClock);
  const caller = await mesh.proxy("caller-shop", {
    network: {
      dial(target, timeoutMs, events) {
        const port = ports.get(target.address);
        const to = port === undefined ? target : { ...target, address: "127.0.0.1", port };
        return dial(to, timeoutMs, events);
      },
    },
  });
  const answersOf = async (name: string): Promise<readonly string[]> => {
    const key = `${name}.example.com:80`;
    await eventually(
      "the name has addresses",
      async () => !(await askOf(caller, key)).startsWith("5"),
    );
    const answers = await Promise.all(Array.from({ length: 30 }, () => askOf(caller, key)));
    return [...new Set(answers)].sort();
  };
  assert.deepEqual(await answersOf("first"), ["one"]);
  assert.deepEqual(await answersOf("all"), ["one", "two"]);
});

test("what matches a pattern goes where it was dialled, and nowhere that nobody may go", async (t) => {
  const outside = await outsideApplication(t, "pattern");
  const mesh = await outsideMesh(
    t,
    entry(
      "wild",
      `
  hosts: ["*.example.com"]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${outside.port} }]
  resolution: NONE`,
    ),
  );
  const names = {
    "a.example.com": ["192.0.2.1"],
    "evil.example.com": ["169.254.169.254"],
    "mine.example.com": ["127.0.0.1"],
  };
  const caller = await mesh.proxy("caller-shop", withNames(names));
  assert.equal(await askOf(caller, "a.example.com:80"), "pattern");
  assert.deepEqual(outside.hosts, ["a.example.com:80"]);
  assert.equal(await askOf(caller, "example.com:80"), "502 destination-unknown");
  const refused = ["evil", "mine", "nobody"].map((host) => askOf(caller, `${host}.example.com:80`));
  assert.deepEqual([...new Set(await Promise.all(refused))], ["503 upstream-refused"]);
});

test("an entry is selected by its labels, by a host and by a Service", async (t) => {
  const outside = await outsideApplication(t, "vm");
  const mesh = await outsideMesh(
    t,
    `${entry(
      "billing",
      `
  hosts: [billing.shop.internal]
  location: MESH_INTERNAL
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  workloadSelector: { labels: { app: billing } }`,
    )}---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: billing-vm, namespace: shop }
spec: { address: 127.0.0.1, ports: { http: ${outside.port} }, labels: { app: billing } }
---
apiVersion: v1
kind: Service
metadata: { name: billing, namespace: shop }
spec: { selector: { app: billing }, ports: [{ name: http, port: 8080 }] }
`,
  );
  assert.deepEqual(mesh.control.diagnostics, []);
  const caller = await mesh.proxy("caller-shop");
  assert.equal(await askOf(caller, "billing.shop.internal:80"), "vm");
  assert.equal(await askOf(caller, "billing:8080"), "vm");
});

// Cross-origin requests, as a browser sends them to a gateway.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { gatewayMesh, HOSTS, KeyFolder, listenerPlan } from "./support/gateway-mesh.ts";
import { rawHttp1 } from "./support/raw-http1.ts";
import { wholeFile } from "./support/whole-file.ts";

const ROUTES = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web]
  http:
    - match: [{ uri: { prefix: /forward } }]
      corsPolicy: { allowOrigins: [{ exact: "https://shop.example" }] }
      route: [{ destination: { host: web } }]
    - corsPolicy:
        allowOrigins: [{ exact: "https://shop.example" }, { regex: "https://.*\\\\.dev\\\\.example" }]
        allowMethods: [GET, POST]
        allowHeaders: [x-token]
        exposeHeaders: [x-total]
        maxAge: 10m
        allowCredentials: true
        unmatchedPreflights: IGNORE
      route: [{ destination: { host: web } }]
`;

const file = wholeFile();
const listener = listenerPlan("plain", { protocol: "http", hosts: HOSTS });
let seen = 0;
before(async () => {
  const keys = await KeyFolder.make(file);
  const { mesh } = await gatewayMesh(file, {
    settings: keys.settings([listener]),
    web: (_, response) => {
      seen++;
      response.setHeader("access-control-allow-origin", "https://wrong.example");
      response.end("web");
    },
  });
  mesh.write("routes.yaml", ROUTES);
  for (let tries = 0; tries < 100; tries++) {
    const { headers } = await ask("OPTIONS", "/", { ...PREFLIGHT, origin: SHOP });
    if (headers.has("access-control-allow-methods")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

const SHOP = "https://shop.example";
const PREFLIGHT = { "access-control-request-method": "POST" };

test("a preflight of an allowed origin is answered by the proxy", async () => {
  const before = seen;
  for (const origin of [SHOP, "https://a.dev.example"]) {
    const { status, headers } = await ask("OPTIONS", "/", { ...PREFLIGHT, origin });
    assert.equal(status, 200);
    assert.equal(headers.get("access-control-allow-origin"), origin);
    assert.equal(headers.get("access-control-allow-methods"), "GET, POST");
    assert.equal(headers.get("access-control-allow-headers"), "x-token");
    assert.equal(headers.get("access-control-max-age"), "600");
    assert.equal(headers.get("access-control-allow-credentials"), "true");
    assert.equal(headers.get("vary"), "origin");
    assert.equal(headers.get("weft-cause"), undefined);
  }
  assert.equal(seen, before);
});

test("a preflight of another origin gets no permission, or reaches the application", async () => {
  const before = seen;
  const other = { ...PREFLIGHT, origin: "https://other.example" };
  const ignored = await ask("OPTIONS", "/", other);
  assert.equal(ignored.status, 200);
  assert.equal(ignored.headers.get("access-control-allow-origin"), undefined);
  assert.equal(seen, before);
  await ask("OPTIONS", "/forward", other);
  assert.equal(seen, before + 1);
});

test("an actual request of an allowed origin gets its permission with the answer", async () => {
  const { status, headers, text } = await ask("GET", "/", { origin: SHOP });
  assert.deepEqual([status, text], [200, "web"]);
  assert.equal(headers.get("access-control-allow-origin"), SHOP);
  assert.equal(headers.get("access-control-expose-headers"), "x-total");
  assert.equal(headers.get("access-control-allow-credentials"), "true");
});

test("OPTIONS that is no preflight, and requests without an origin, are like any other", async () => {
  const before = seen;
  await ask("OPTIONS", "/", { origin: SHOP });
  const { headers } = await ask("GET", "/", {});
  assert.equal(headers.get("access-control-allow-origin"), "https://wrong.example");
  assert.equal(seen, before + 2);
});

async function ask(method: string, path: string, said: Readonly<Record<string, string>>) {
  const lines = Object.entries(said).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\nhost: web.example\r\nconnection: close\r\n`;
  const { statuses, text } = await rawHttp1(listener, `${head}${lines.join("")}\r\n`);
  const [top = "", body = ""] = text.split("\r\n\r\n");
  const pairs = top.split("\r\n").slice(1);
  const headers = new Map(pairs.map((line) => line.split(": ", 2) as [string, string]));
  return { status: statuses[0], headers, text: body };
}

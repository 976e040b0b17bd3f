import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "#ir/document.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { translateService } from "./service.ts";

const APP_PROTOCOLS = {
  http: ["http", "HTTP", "grpc-web", "kubernetes.io/ws"],
  http2: ["kubernetes.io/h2c", "h2c", "http2", "grpc"],
  tcp: ["tcp", "https", "tls", "kubernetes.io/wss", "mysql", "redis", "mongo", "postgresql"],
} as const;

for (const [protocol, values] of Object.entries(APP_PROTOCOLS)) {
  for (const appProtocol of values) {
    test(`appProtocol ${appProtocol} is ${protocol}, whatever the port's name says`, () => {
      const names = ["http-api", "mysql", "grpc", "other"];
      for (const name of names) {
        assert.deepEqual(read({ name, appProtocol }), { protocol, told: [] });
      }
    });
  }
}

test("without appProtocol the port's name tells, and what tells nothing is not declared", () => {
  assert.equal(read({ name: "grpc-api" }).protocol, "http2");
  assert.equal(read({ name: "mysql" }).protocol, "tcp");
  assert.equal(read({ name: "main" }).protocol, "detect");
  assert.equal(read({}).protocol, "detect");
});

test("an appProtocol that nobody knows is plain TCP, and that is said", () => {
  const { protocol, told } = read({ name: "http", appProtocol: "example.com/gopher" });
  assert.equal(protocol, "tcp");
  assert.deepEqual(told, [
    'Use "http", "grpc" or "tcp", or leave it out: then the first bytes tell.',
  ]);
  assert.deepEqual(read({ appProtocol: "htpp" }).told, ['Did you mean "http"?']);
});

function read(port: JsonObject) {
  const { services, diagnostics } = translateService(
    plainDocument({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80, ...port }] },
    }),
  );
  return {
    protocol: services?.[0]?.ports[0]?.protocol,
    told: diagnostics.map(({ remedy }) => remedy),
  };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { GatewayListenerPlan } from "#snapshot/gateway-plan.ts";
import { bindGateway } from "./bind-gateway.ts";

const PLAIN: GatewayListenerPlan = {
  name: "plain",
  address: "127.0.0.1",
  port: 8080,
  proxyProtocol: { kind: "off" },
  protocol: "http",
  hosts: [{ host: "web.example", key: "web.shop:80" }],
};
const SECURE: GatewayListenerPlan = {
  ...PLAIN,
  ...{ name: "secure", port: 8443, protocol: "https" },
  certificates: [{ hosts: ["web.example"], chainPem: "damaged", key: "web" }],
};
const TRUSTING: GatewayListenerPlan = {
  ...PLAIN,
  proxyProtocol: { kind: "required", from: ["10.0.0.0/99"] },
};

test("a listener has its hosts, and the socket that is held for it", () => {
  const binding = bind([PLAIN, { ...PLAIN, name: "other", port: 8081 }]);
  assert.ok(binding.kind === "bound");
  const [plain, other] = binding.listeners;
  assert.equal(plain?.hosts.find("web.example")?.key, "web.shop:80");
  assert.deepEqual([plain?.descriptor, other?.descriptor], [7, undefined]);
});

for (const [what, listeners, reason] of [
  ["two listeners of one name", [PLAIN, { ...PLAIN, port: 8081 }], /"plain": .* the same name/],
  ["two at one port", [PLAIN, { ...PLAIN, name: "b" }], /"b": .* the same address and port/],
  ["a range that is none", [TRUSTING], /"plain": "10.0.0.0\/99" is no range/],
  [
    "a damaged key",
    [SECURE],
    /"secure": the certificate for web.example: the key "web" is damaged/,
  ],
] as const) {
  test(`${what} is refused, and says so`, () => {
    const binding = bind(listeners);
    assert.match(binding.kind === "refused" ? binding.reason : "", reason);
  });
}

function bind(listeners: readonly GatewayListenerPlan[]) {
  const plan = { kind: "gateway", id: "gateway/shop/edge", hash: "", listeners } as const;
  const keys = [{ name: "web", file: "/keys/web" }];
  const sockets = [{ listener: "plain", descriptor: 7 }];
  return bindGateway({ plan, keys, sockets }, () => "not a key");
}

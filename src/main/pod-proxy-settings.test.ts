import assert from "node:assert/strict";
import { test } from "node:test";
import { podProxySettings } from "./pod-proxy-settings.ts";

const ENVIRONMENT = {
  WEFT_POD_NAME: "web-7d9f-x2x1",
  WEFT_POD_NAMESPACE: "shop",
  WEFT_SERVICE_ACCOUNT: "web",
  WEFT_POD_IPS: "10.1.0.7,fd00:1::7",
  WEFT_CONTROL: "weft-control.weft-system.svc:15012",
  WEFT_TRUST_DOMAIN: "cluster.local",
};
const LO = "00000000000000000000000000000001 01 80 10 80       lo\n";
const ETH = "fd000001000000000000000000000007 02 40 00 80     eth0\n";
const SYSTEM = { uid: 1337, interfaces: LO + ETH, version: "1.2.3" };

test("a pod's proxy is who its environment says, and knows its control plane", () => {
  const { settings, logLevel } = podProxySettings(ENVIRONMENT, SYSTEM);
  assert.deepEqual(settings.workload, { namespace: "shop", name: "web-7d9f-x2x1" });
  assert.equal(settings.identity, "spiffe://cluster.local/ns/shop/sa/web");
  assert.deepEqual(settings.control, { address: "weft-control.weft-system.svc", port: 15_012 });
  assert.equal(settings.controlIdentity, "spiffe://cluster.local/ns/weft-system/sa/weft-control");
  assert.deepEqual(settings.interception?.addresses, ["10.1.0.7", "fd00:1::7"]);
  assert.deepEqual(settings.rules?.families, ["IPv4", "IPv6"]);
  assert.deepEqual(settings.rules?.settings.owner, { uid: 1337 });
  assert.equal(settings.version, "1.2.3");
  assert.equal(logLevel, "info");
});

test("it listens over IPv6 only where the system has it", () => {
  const addresses = (interfaces: string | undefined) => {
    const { mesh, interception } = podProxySettings(ENVIRONMENT, {
      ...SYSTEM,
      interfaces,
    }).settings;
    return [mesh.address, ...interception!.outbound.map(({ address }) => address)];
  };
  assert.deepEqual(addresses(LO), ["::", "127.0.0.1", "::1"]);
  for (const without of ["", undefined]) {
    assert.deepEqual(addresses(without), ["0.0.0.0", "127.0.0.1"]);
  }
});

test("what annotations say about capture, limits and logs holds", () => {
  const said = { capture: { outboundPortsExcluded: [[25, 25]] }, logLevel: "debug" };
  const more = { ...said, limits: [["headTimeoutMs", 5_000]] };
  const environment = { ...ENVIRONMENT, WEFT_SETTINGS: JSON.stringify(more) };
  const { settings, logLevel } = podProxySettings(environment, SYSTEM);
  assert.deepEqual(settings.rules?.settings.capture.outboundPortsExcluded, [[25, 25]]);
  assert.deepEqual(settings.limits, [["headTimeoutMs", 5_000]]);
  assert.equal(logLevel, "debug");
});

test("what is missing or malformed is named", () => {
  for (const [change, complaint] of [
    [{ WEFT_POD_NAME: "" }, /^WEFT_POD_NAME is not set/],
    [{ WEFT_CONTROL: "weft-control" }, /^WEFT_CONTROL is "weft-control"; right is a host and its/],
    [{ WEFT_CONTROL: "10.0.0.1:15012" }, /without WEFT_CONTROL_IDENTITY it must be a Service/],
    [{ WEFT_SETTINGS: "{" }, /^Cannot read WEFT_SETTINGS/],
  ] as const) {
    assert.throws(() => podProxySettings({ ...ENVIRONMENT, ...change }, SYSTEM), {
      message: complaint,
    });
  }
});

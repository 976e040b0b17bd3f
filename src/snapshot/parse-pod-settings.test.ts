import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POD_SETTINGS } from "./default-pod-settings.ts";
import { parsePodSettings } from "./parse-pod-settings.ts";

test("what an injector wrote is read back", () => {
  const settings = {
    ...DEFAULT_POD_SETTINGS,
    capture: { ...DEFAULT_POD_SETTINGS.capture, outboundPortsExcluded: [[5432, 5433]] },
    probes: [
      {
        path: "/app-health/web/livez",
        port: 80,
        timeoutMs: 1000,
        action: { tcpSocket: { port: 80 } },
      },
    ],
    limits: [["drainGraceMs", 5000]],
  };
  assert.deepEqual(parsePodSettings(JSON.stringify(settings)), { kind: "parsed", settings });
});

test("an older injector leaves fields out, a newer one adds some", () => {
  const parsed = parsePodSettings('{"capture":{"inboundPorts":[[80,80]]},"later":1}');
  assert.ok(parsed.kind === "parsed");
  assert.deepEqual(parsed.settings.capture.inboundPorts, [[80, 80]]);
  assert.equal(parsed.settings.capture.outboundRanges, "*");
  assert.equal(parsed.settings.logLevel, "info");
});

test("what is none is refused by the field that is wrong", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["{", /Cannot read WEFT_SETTINGS: /],
    ["[]", /no object/],
    ['{"capture":{"inboundPorts":[[80]]}}', /capture\.inboundPorts /],
    ['{"capture":{"outboundPortsExcluded":[[0,70000]]}}', /capture\.outboundPortsExcluded /],
    ['{"capture":{"outboundRanges":[1]}}', /capture\.outboundRanges /],
    ['{"probes":[{"path":"/x","port":80,"timeoutMs":1,"action":{}}]}', /probes /],
    ['{"logLevel":"loud"}', /logLevel /],
    ['{"limits":{}}', /limits /],
  ];
  for (const [text, reason] of cases) {
    const parsed = parsePodSettings(text);
    assert.match(parsed.kind === "refused" ? parsed.reason : "parsed", reason, text);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import { IGNORED_ANNOTATIONS } from "./ignored-annotations.ts";
import { OPTION_ANNOTATIONS } from "./option-annotations.ts";
import { DEFAULT_RESOURCES, type ProxyOptions } from "./proxy-options.ts";
import { readProxyOptions } from "./read-proxy-options.ts";

const DEFAULTS: ProxyOptions = {
  image: "weft",
  resources: DEFAULT_RESOURCES,
  settings: DEFAULT_POD_SETTINGS,
  rewritesProbes: true,
};
const PORTS = new Map([["metrics", 9100]]);

const read = (ofPod: Record<string, string>, ofNamespace: Record<string, string> = {}) =>
  readProxyOptions(
    new Map(Object.entries(ofPod)),
    new Map(Object.entries(ofNamespace)),
    PORTS,
    DEFAULTS,
  );

// A right value for each annotation, and what it must lead to.
const EXAMPLES: Record<string, readonly [value: string, has: (options: ProxyOptions) => unknown]> =
  {
    "proxy-cpu-request": ["250m", ({ resources }) => resources.requests.cpu === "250m"],
    "proxy-cpu-limit": ["1.5", ({ resources }) => resources.limits.cpu === "1.5"],
    "proxy-memory-request": ["96Mi", ({ resources }) => resources.requests.memory === "96Mi"],
    "proxy-memory-limit": ["1Gi", ({ resources }) => resources.limits.memory === "1Gi"],
    "exclude-inbound-ports": ["22, 8000-8010,metrics", captured("inboundPortsExcluded", LIST())],
    "exclude-outbound-ports": ["22,8000-8010,9100", captured("outboundPortsExcluded", LIST())],
    "exclude-outbound-ranges": [
      "10.0.0.0/8,fd00::/8,1.2.3.4",
      captured("outboundRangesExcluded", ["10.0.0.0/8", "fd00::/8", "1.2.3.4/32"]),
    ],
    "include-inbound-ports": ["22,8000-8010,9100", captured("inboundPorts", LIST())],
    "include-outbound-ranges": ["10.0.0.0/8", captured("outboundRanges", ["10.0.0.0/8"])],
    "include-outbound-ports": ["22,8000-8010,9100", captured("outboundPorts", LIST())],
    "opaque-ports": ["9100", ({ settings }) => settings.opaquePorts.length === 1],
    "log-level": ["warn", ({ settings }) => settings.logLevel === "warn"],
    "rewrite-probes": ["false", ({ rewritesProbes }) => !rewritesProbes],
    "shutdown-grace-period": ["90s", limited([["drainGraceMs", 90_000]])],
    limits: [
      "streamIdleMs=60000, headersMax=50",
      limited([
        ["streamIdleMs", 60_000],
        ["headersMax", 50],
      ]),
    ],
    "proxy-image": ["registry:5000/weft:2@sha256:0f", ({ image }) => image.startsWith("registry")],
  };

function LIST() {
  return [
    [22, 22],
    [8000, 8010],
    [9100, 9100],
  ];
}

function captured(rule: keyof typeof DEFAULT_POD_SETTINGS.capture, value: unknown) {
  return ({ settings }: ProxyOptions) => assert.deepEqual(settings.capture[rule], value) ?? true;
}

function limited(pairs: unknown) {
  return ({ settings }: ProxyOptions) => assert.deepEqual(settings.limits, pairs) ?? true;
}

test("every annotation has its effect, by each of its names", () => {
  assert.deepEqual(
    OPTION_ANNOTATIONS.map(({ name }) => name.replace("config.weft.dev/", "")),
    Object.keys(EXAMPLES),
  );
  for (const { name, aliases } of OPTION_ANNOTATIONS) {
    const [value, has] = EXAMPLES[name.replace("config.weft.dev/", "")]!;
    for (const each of [name, ...aliases]) {
      const { options, warnings } = read({ [each]: value });
      assert.ok(has(options), each);
      assert.deepEqual(warnings, [], each);
    }
  }
});

test("a wrong value of any of them is told, and the default holds", () => {
  for (const { name, aliases } of OPTION_ANNOTATIONS) {
    for (const each of [name, ...aliases]) {
      const { options, warnings } = read({ [each]: "?!" });
      assert.deepEqual(options, DEFAULTS, each);
      assert.equal(warnings.length, 1, each);
      assert.match(warnings[0]!, /found "\?!", must be .*; the default holds/);
    }
  }
});

test("values near the edge are told, too", () => {
  const wrong: Record<string, string> = {
    "exclude-inbound-ports": "0",
    "exclude-outbound-ports": "8010-8000",
    "include-inbound-ports": "70000",
    "opaque-ports": "nowhere",
    "exclude-outbound-ranges": "10.0.0.0/33",
    "include-outbound-ranges": "10.0.0.0/8/8",
    "proxy-memory-limit": "0",
    "proxy-cpu-limit": "-1",
    limits: "drainGraceMs=99999999999",
  };
  for (const [name, value] of Object.entries(wrong)) {
    assert.equal(read({ [`config.weft.dev/${name}`]: value }).warnings.length, 1, name);
  }
  // Each of them is allowed, and together they contradict each other.
  const { warnings } = read({ "config.weft.dev/limits": "drainGraceMs=1000,drainPatienceMs=5000" });
  assert.equal(warnings.length, 1);
});

test("our name counts before others', the pod before its namespace", () => {
  const own = "config.weft.dev/exclude-outbound-ports";
  const theirs = "config.linkerd.io/skip-outbound-ports";
  const ports = (found: ReturnType<typeof read>) => found.options.settings.capture;
  assert.deepEqual(ports(read({ [own]: "1", [theirs]: "2" })).outboundPortsExcluded, [[1, 1]]);
  assert.deepEqual(ports(read({ [theirs]: "2" }, { [own]: "1" })).outboundPortsExcluded, [[2, 2]]);
  assert.deepEqual(ports(read({}, { [theirs]: "3" })).outboundPortsExcluded, [[3, 3]]);
  // Istio's are a pod's only.
  const istio = "traffic.sidecar.istio.io/excludeOutboundPorts";
  assert.deepEqual(ports(read({}, { [istio]: "3" })).outboundPortsExcluded, []);
});

test("what of the others isn't honoured is named, unless it says what holds anyhow", () => {
  for (const { name, holds = [] } of IGNORED_ANNOTATIONS) {
    const { warnings, options } = read({ [name]: "something" });
    assert.equal(warnings.length, 1, name);
    assert.ok(warnings[0]!.includes(name));
    assert.deepEqual(options, DEFAULTS);
    for (const value of holds) assert.deepEqual(read({ [name]: value }).warnings, [], name);
  }
  const unknown = read({ "config.linkerd.io/enable-debug-sidecar": "true" });
  assert.match(unknown.warnings.join(), /enable-debug-sidecar is not honoured/);
  const slip = read({ "config.weft.dev/exclude-inbound-port": "1" });
  assert.match(slip.warnings.join(), /did you mean config\.weft\.dev\/exclude-inbound-ports\?/);
  assert.deepEqual(read({ "example.com/other": "1" }).warnings, []);
});

test("a request follows its limit, and a limit its request", () => {
  const set = (marks: Record<string, string>) => {
    const named = Object.entries(marks).map(([name, v]) => [`config.weft.dev/proxy-${name}`, v]);
    const { options, warnings } = read(Object.fromEntries(named));
    return [options.resources.requests.memory, options.resources.limits.memory, warnings.length];
  };
  assert.deepEqual(set({ "memory-limit": "32Mi" }), ["32Mi", "32Mi", 0]);
  assert.deepEqual(set({ "memory-request": "1Gi" }), ["1Gi", "1Gi", 0]);
  assert.deepEqual(set({ "memory-request": "1Gi", "memory-limit": "512Mi" }), [
    "512Mi",
    "512Mi",
    1,
  ]);
});

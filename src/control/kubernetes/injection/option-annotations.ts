// The annotations that set something of a pod's proxy. Each has one name of ours and those of Istio
// and Linkerd that mean the same.

import { brokenRelations } from "#base/broken-relations.ts";
import { LIMITS, type LimitName, type LimitPair } from "#base/limits.ts";
import type { LogLevel } from "#base/log.ts";
import { SETTABLE } from "#base/settable-limits.ts";
import { parseDurationMs } from "#ir/duration.ts";
import type { CaptureRules, PodSettings } from "#snapshot/pod-settings.ts";
import { parseIpRanges } from "./parse-ip-ranges.ts";
import { parsePortRanges } from "./parse-port-ranges.ts";
import { parseQuantity } from "./parse-quantity.ts";
import type { ProxyOptions } from "./proxy-options.ts";

export type NamedPorts = ReadonlyMap<string, number>;

export type OptionAnnotation = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly sets: string; // for the reference
  readonly expected: string;
  // The options with the value; undefined where it is none.
  read(text: string, options: ProxyOptions, ports: NamedPorts): ProxyOptions | undefined;
};

export const OWN_PREFIX = "config.weft.dev/";

const PORTS = 'ports, ranges or names of ports, such as "22,8000-8010"';
const RANGES = 'ranges of addresses, such as "10.0.0.0/8,fd00::/8"';
const SWITCH = "true or false";

// Envoy's and Rust's names of levels, beside ours.
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ["trace", "debug"],
  ["debug", "debug"],
  ["info", "info"],
  ["warning", "warn"],
  ["warn", "warn"],
  ["error", "error"],
  ["critical", "error"],
  ["off", "error"],
]);

const QUANTITIES = [
  ["requests", "cpu", "sidecar.istio.io/proxyCPU", "config.linkerd.io/proxy-cpu-request"],
  ["limits", "cpu", "sidecar.istio.io/proxyCPULimit", "config.linkerd.io/proxy-cpu-limit"],
  ["requests", "memory", "sidecar.istio.io/proxyMemory", "config.linkerd.io/proxy-memory-request"],
  ["limits", "memory", "sidecar.istio.io/proxyMemoryLimit", "config.linkerd.io/proxy-memory-limit"],
] as const;

export const OPTION_ANNOTATIONS: readonly OptionAnnotation[] = [
  ...QUANTITIES.map(quantity),
  capture(
    "exclude-inbound-ports",
    ["traffic.sidecar.istio.io/excludeInboundPorts", "config.linkerd.io/skip-inbound-ports"],
    "ports of the pod that are reached without the proxy",
    PORTS,
    (text, ports) => pick("inboundPortsExcluded", parsePortRanges(text, ports)),
  ),
  capture(
    "exclude-outbound-ports",
    ["traffic.sidecar.istio.io/excludeOutboundPorts", "config.linkerd.io/skip-outbound-ports"],
    "ports that the pod reaches without its proxy",
    PORTS,
    (text, ports) => pick("outboundPortsExcluded", parsePortRanges(text, ports)),
  ),
  capture(
    "exclude-outbound-ranges",
    ["traffic.sidecar.istio.io/excludeOutboundIPRanges"],
    "addresses that the pod reaches without its proxy",
    RANGES,
    (text) => pick("outboundRangesExcluded", parseIpRanges(text)),
  ),
  capture(
    "include-inbound-ports",
    ["traffic.sidecar.istio.io/includeInboundPorts"],
    "the only ports of the pod that go through the proxy; `*`: all",
    `"*", or ${PORTS}`,
    (text, ports) => pick("inboundPorts", text === "*" ? "*" : parsePortRanges(text, ports)),
  ),
  capture(
    "include-outbound-ranges",
    ["traffic.sidecar.istio.io/includeOutboundIPRanges"],
    "the only addresses that the pod reaches through its proxy; `*`: all",
    `"*", or ${RANGES}`,
    (text) => pick("outboundRanges", text === "*" ? "*" : parseIpRanges(text)),
  ),
  capture(
    "include-outbound-ports",
    ["traffic.sidecar.istio.io/includeOutboundPorts"],
    "ports that the pod reaches through its proxy, whatever the address",
    PORTS,
    (text, ports) => pick("outboundPorts", parsePortRanges(text, ports)),
  ),
  {
    name: `${OWN_PREFIX}opaque-ports`,
    aliases: ["config.linkerd.io/opaque-ports"],
    sets: "ports of the pod whose connections are taken as plain bytes",
    expected: PORTS,
    read: (text, options, ports) =>
      withSettings(options, pick("opaquePorts", parsePortRanges(text, ports))),
  },
  {
    name: `${OWN_PREFIX}log-level`,
    aliases: ["sidecar.istio.io/logLevel", "config.linkerd.io/proxy-log-level"],
    sets: "how much the proxy logs: debug, info, warn or error",
    expected: `one of ${[...LEVELS.keys()].join(", ")}`,
    read: (text, options) => withSettings(options, pick("logLevel", LEVELS.get(text))),
  },
  {
    name: `${OWN_PREFIX}rewrite-probes`,
    aliases: ["sidecar.istio.io/rewriteAppHTTPProbers"],
    sets: "whether the kubelet's probes go through the proxy's health port",
    expected: SWITCH,
    read: (text, options) =>
      text === "true" || text === "false"
        ? { ...options, rewritesProbes: text === "true" }
        : undefined,
  },
  {
    name: `${OWN_PREFIX}shutdown-grace-period`,
    aliases: ["config.linkerd.io/shutdown-grace-period"],
    sets: "how long open exchanges may last when the pod ends (`drainGraceMs`)",
    expected: 'a duration such as "30s"',
    read: (text, options) => {
      const graceMs = parseDurationMs(text);
      return graceMs === undefined ? undefined : withLimits(options, [["drainGraceMs", graceMs]]);
    },
  },
  {
    name: `${OWN_PREFIX}limits`,
    aliases: [],
    sets: "limits of the data plane, by their names in limits.md",
    expected: 'names with values that limits.md allows, such as "streamIdleMs=60000"',
    read: (text, options) => withLimits(options, parseLimits(text)),
  },
  {
    name: `${OWN_PREFIX}proxy-image`,
    aliases: [],
    sets: "another image of the proxy",
    expected: "the name of an image",
    read: (text, options) =>
      /^[\w./:@-]{1,256}$/.test(text) ? { ...options, image: text } : undefined,
  },
];

function quantity([what, resource, ...aliases]: (typeof QUANTITIES)[number]): OptionAnnotation {
  const kind = what === "requests" ? "request" : "limit";
  return {
    name: `${OWN_PREFIX}proxy-${resource}-${kind}`,
    aliases,
    sets: `the proxy's ${kind} of ${resource === "cpu" ? "CPU" : "memory"}`,
    expected: `a quantity such as "${resource === "cpu" ? "250m" : "128Mi"}"`,
    read(text, options) {
      if (parseQuantity(text) === undefined) return undefined;
      const { resources } = options;
      const quantities = { ...resources[what], [resource]: text };
      return { ...options, resources: { ...resources, [what]: quantities } };
    },
  };
}

function capture(
  name: string,
  aliases: readonly string[],
  sets: string,
  expected: string,
  parse: (text: string, ports: NamedPorts) => Partial<CaptureRules> | undefined,
): OptionAnnotation {
  return {
    name: `${OWN_PREFIX}${name}`,
    ...{ aliases, sets, expected },
    read(text, options, ports) {
      const rules = parse(text, ports);
      if (!rules) return undefined;
      return withSettings(options, { capture: { ...options.settings.capture, ...rules } });
    },
  };
}

function pick<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]: Value } | undefined {
  return value === undefined ? undefined : ({ [name]: value } as { readonly [Key in Name]: Value });
}

function withSettings(
  options: ProxyOptions,
  settings: Partial<PodSettings> | undefined,
): ProxyOptions | undefined {
  return settings && { ...options, settings: { ...options.settings, ...settings } };
}

function withLimits(
  options: ProxyOptions,
  pairs: readonly LimitPair[] | undefined,
): ProxyOptions | undefined {
  if (!pairs?.every(isAllowed)) return undefined;
  const limits = [...new Map([...options.settings.limits, ...pairs])];
  return brokenRelations(limits).length > 0 ? undefined : withSettings(options, { limits });
}

function parseLimits(text: string): readonly LimitPair[] | undefined {
  const pairs = text.split(",").map((part): LimitPair | undefined => {
    const [name = "", value = "", ...rest] = part.split("=").map((word) => word.trim());
    if (!Object.hasOwn(LIMITS, name) || !/^\d+(\.\d+)?$/.test(value)) return undefined;
    return rest.length > 0 ? undefined : [name as LimitName, Number(value)];
  });
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

function isAllowed([name, value]: LimitPair): boolean {
  const bounds = new Map<string, readonly [number, number]>(Object.entries(SETTABLE)).get(name);
  return bounds !== undefined && value >= bounds[0] && value <= bounds[1];
}

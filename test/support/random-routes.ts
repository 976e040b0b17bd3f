// A model that nobody would write: random rules of every kind for the service `a`, in either
// dialect. Words are few, so that rules meet requests, and miss them.

import type { Random } from "#base/random.ts";
import {
  sampleBackendRef,
  sampleHttpRoute,
  sampleMatch,
  sampleModel,
  sampleService,
  sampleSubsets,
  sampleVirtualService,
  sampleWorkload,
} from "#compile/sample-model.ts";
import type { DestinationPolicy } from "#ir/destination-policy.ts";
import type { Model } from "#ir/model.ts";
import type { RequestShape } from "#ir/request-shape.ts";
import type { FieldMatch, PathMatch, RouteBackend, RouteMatch, RouteRule } from "#ir/route.ts";
import type { RouteReply } from "#ir/route-reply.ts";
import type { RetryConditions, RouteTraffic } from "#ir/route-traffic.ts";

export const PATHS = ["/", "/a", "/a/b", "/a/b/", "/ab", "/c", "/c/d?x=1", "/a?x=2&y=", "/c/7"];
export const METHODS = ["GET", "POST", "PUT"];
export const HEADERS = ["end-user", "version", "x-trial"];
export const VALUES = ["one", "two", "three"];
const BACKENDS = ["a", "a/v1", "a/v2", "b", "a/v9", "nobody"];

export type Dice = {
  chance(share: number): boolean;
  pick<T>(values: readonly T[]): T;
  // Up to `most` of them.
  some<T>(most: number, make: () => T): T[];
  share(): number;
};

export function diceOf(random: Random): Dice {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  return {
    chance: (share) => random() < share,
    pick,
    some: (most, make) => Array.from({ length: Math.floor(random() * (most + 1)) }, make),
    share: () => pick([0, 0.3, 0.7, 1]),
  };
}

export function randomModel(dice: Dice): Model {
  const isIstio = dice.chance(0.5);
  const rules = [randomRule(dice, 0), ...dice.some(6, () => randomRule(dice, 0))];
  const sample = isIstio ? sampleVirtualService : sampleHttpRoute;
  const parent = { service: { namespace: "bookshop", name: "a" }, port: undefined };
  const blank = sample("a", [], { parents: [parent] });
  const route = {
    ...blank,
    rules: rules.map((rule, index) => ({ ...rule, index, origin: blank.origin })),
  };
  const policy = dice.chance(0.5) ? { policy: randomPolicy(dice) } : {};
  return sampleModel({
    workloads: ["web", "a-v1", "a-v2", "b-v1", "shadow"].map((name) => sampleWorkload(name)),
    services: ["a", "b", "shadow"].map((name) => sampleService(name)),
    subsets: [{ ...sampleSubsets("a", ["v1", "v2"]), ...policy }],
    routes: [route],
  });
}

function randomRule(dice: Dice, index: number): RouteRule {
  const isPlain = dice.chance(0.3);
  return {
    ...{ name: dice.pick(["", "named"]), index, origin: sampleService("a").origin },
    matches: dice.chance(0.15) ? [] : [randomMatch(dice), ...dice.some(2, () => randomMatch(dice))],
    backends: dice.some(3, () => randomBackend(dice)),
    ...(isPlain || dice.chance(0.6) ? {} : { shape: randomShape(dice) }),
    ...(isPlain || dice.chance(0.85) ? {} : { reply: randomReply(dice) }),
    ...(isPlain || dice.chance(0.3) ? {} : { traffic: randomTraffic(dice) }),
    ...(dice.chance(0.85)
      ? {}
      : { session: { kind: "header", name: "x-session", isPermanent: false } }),
  };
}

function randomMatch(dice: Dice): RouteMatch {
  const field = (): FieldMatch => ({ name: dice.pick(HEADERS), value: randomValue(dice) });
  return sampleMatch({
    path: dice.chance(0.3) ? undefined : randomPath(dice),
    method: dice.chance(0.7) ? undefined : dice.pick(METHODS),
    headers: dice.chance(0.6) ? [] : [field()],
    query: dice.chance(0.8) ? [] : [{ name: dice.pick(["x", "y"]), value: randomValue(dice) }],
    ...(dice.chance(0.9) ? {} : { withoutHeaders: [field()] }),
    ...(dice.chance(0.95) ? {} : { ignoresPathCase: true }),
    ...(dice.chance(0.9)
      ? {}
      : { callers: { namespace: dice.pick(["bookshop", "shop"]), labels: new Map() } }),
    ...(dice.chance(0.95)
      ? {}
      : { scheme: { kind: "exact", value: dice.pick(["http", "https"]) } }),
  });
}

function randomPath(dice: Dice): PathMatch {
  if (dice.chance(0.1)) return { kind: "regex", value: dice.pick(["/c/[0-9]+", "/a.*", ".*b/?"]) };
  const kind = dice.pick(["exact", "prefix", "segment-prefix"] as const);
  return { kind, value: dice.pick(PATHS).split("?", 1)[0]! };
}

function randomValue(dice: Dice): FieldMatch["value"] {
  const value = dice.pick([...VALUES, "1", "2"]);
  return dice.pick<FieldMatch["value"]>([
    { kind: "exact", value },
    { kind: "exact", value },
    { kind: "prefix", value: value.slice(0, 2) },
    { kind: "regex", value: `${value}|t.*` },
    { kind: "present" },
  ]);
}

function randomBackend(dice: Dice): RouteBackend {
  const weight = dice.pick([0, 1, 1, 9, 50, 90]);
  if (dice.chance(0.05)) return { kind: "invalid", reason: "it was not understood", weight };
  return sampleBackendRef(dice.pick(BACKENDS), weight);
}

function randomShape(dice: Dice): RequestShape {
  const edits = { remove: ["x-trial"], set: [["version", "three"]], add: [] } as const;
  return {
    ...(dice.chance(0.5) ? { request: edits, response: edits } : {}),
    ...(dice.chance(0.5) ? { authority: "other" } : {}),
    ...(dice.chance(0.5) ? { path: { kind: "full", value: "/elsewhere" } } : {}),
  };
}

function randomReply(dice: Dice): RouteReply {
  if (dice.chance(0.5))
    return { kind: "redirect", status: 302, authority: "there", port: "scheme" };
  const body = Buffer.from("as the rule says").toString("base64");
  return { kind: "direct", status: 418, bodyBase64: body, contentType: "text/plain" };
}

function randomTraffic(dice: Dice): RouteTraffic {
  const statuses: RetryConditions["statuses"] = [[503, 504]];
  const on = { statuses, grpcStatuses: [], reset: dice.chance(0.5), timeout: true };
  const span = dice.pick(["whole", "waiting"] as const);
  const requestMs = dice.pick([0, 300]);
  const timeouts = { requestMs, tryMs: dice.pick([0, 100]), span } as const;
  const retry = { attempts: dice.pick([0, 1, 3]), backoffMs: 5, on, allowsUnsafe: false } as const;
  const mirror = {
    backend: sampleBackendRef("shadow"),
    share: dice.share(),
    marksAuthority: false,
  };
  return {
    ...(dice.chance(0.5) ? { timeouts } : {}),
    ...(dice.chance(0.5) ? { retry: { ...retry, avoidsTried: dice.chance(0.5) } } : {}),
    ...(dice.chance(0.7) ? {} : { fault: randomFault(dice) }),
    ...(dice.chance(0.7) ? {} : { mirrors: [mirror] }),
  };
}

function randomFault(dice: Dice) {
  const delay = { share: dice.share(), ms: 30 };
  const abort = { share: dice.share(), status: 555, grpc: 14 };
  return { ...(dice.chance(0.6) ? { delay } : {}), ...(dice.chance(0.5) ? { abort } : {}) };
}

function randomPolicy(dice: Dice): DestinationPolicy {
  const kind = dice.pick(["round-robin", "random", "least-request", "peak-ewma"] as const);
  return {
    balancer: { kind },
    ...(dice.chance(0.8) ? {} : { connections: { requestsMax: 1 } }),
  };
}

// What may be asked, as JSON schemas. What isn't named is refused, not ignored.

import { LIMITS } from "#base/limits.ts";

type Schema = Readonly<Record<string, unknown>>;

// Names as Kubernetes has them.
const NAME = { type: "string", pattern: "^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$" };
const LABEL = { type: "string", maxLength: 316, pattern: "^[-A-Za-z0-9_./]*$" };
const PORT = { type: "integer", minimum: 1, maximum: 65_535 };
const PROTOCOL = { enum: ["http", "tcp"] };
// In a query everything is text; boundedWindow in control/reports keeps it sensible.
const DIGITS = { type: "string", pattern: "^[0-9]{1,9}$" };
const WALL_MS = { type: "string", pattern: "^[0-9]{1,14}$" };
const STRETCH = { windowMs: DIGITS, from: WALL_MS, to: WALL_MS };
const LISTED_MAX = 64;

const PARTIES = {
  source: NAME,
  sourceNamespace: NAME,
  destination: NAME,
  destinationNamespace: NAME,
};

export const STAT_QUERY = optional({
  kind: { enum: ["workload", "service", "namespace"] },
  namespace: NAME,
  name: NAME,
  ...STRETCH,
  ...PARTIES,
});
export const TRAFFIC_QUERY = optional({ namespace: NAME, name: NAME, ...STRETCH, ...PARTIES });
export const TOP_QUERY = optional({ namespace: NAME, name: NAME, windowMs: DIGITS });
export const HISTORY_QUERY = optional({
  kind: { enum: ["mesh", "namespace", "workload", "service", "route", "edge"] },
  namespace: NAME,
  name: NAME,
  ...STRETCH,
  stepMs: DIGITS,
});
export const WORKLOADS_QUERY = optional({ namespace: NAME });
export const PROXIES_QUERY = optional({ namespace: NAME, name: NAME });
export const OBJECTS_QUERY = optional({
  kind: { type: "string", maxLength: 63, pattern: "^[A-Za-z]+$" },
  namespace: NAME,
  name: NAME,
});
export const SERVICE_QUERY = all({ namespace: NAME, name: NAME });
export const PAST_QUERY = all({
  id: { type: "string", minLength: 1, maxLength: LIMITS.requestToldBytesMax },
});
export const LOGIN_QUERY = optional({ code: { type: "string", maxLength: 100 } });

export const LOGIN_CODE_BODY = optional({ role: { enum: ["read", "write"] } });
export const LEAVE_BODY = all({ namespace: NAME, name: NAME });
const JOINED = {
  namespace: NAME,
  name: NAME,
  serviceAccount: NAME,
  labels: listOf({ type: "array", items: LABEL, minItems: 2, maxItems: 2 }),
  ports: listOf(all({ name: { type: "string", maxLength: 63 }, port: PORT, protocol: PROTOCOL })),
  dependencies: listOf(all({ namespace: NAME, service: NAME, port: PORT, protocol: PROTOCOL })),
};
// As canonical-address.ts writes them.
const ADDRESS = { type: "string", maxLength: 45, pattern: "^[0-9a-f.:]+$" };
export const JOIN_BODY = {
  ...optional({ ...JOINED, addresses: { type: "array", items: ADDRESS, maxItems: 2 } }),
  required: Object.keys(JOINED),
};

// Its parts are the business of src/insight, which takes any text for them.
const TEXT = { type: "string", maxLength: LIMITS.requestTargetBytesMax };
export const EXPLAIN_BODY = {
  ...optional({
    from: TEXT,
    to: TEXT,
    method: TEXT,
    authority: TEXT,
    serverName: TEXT,
    path: TEXT,
    draw: { type: "number", minimum: 0, exclusiveMaximum: 1 },
    headers: {
      type: "array",
      maxItems: LIMITS.headersMax,
      items: { type: "array", items: TEXT, minItems: 2, maxItems: 2 },
    },
  }),
  required: ["to"],
};

function optional(properties: Schema): Schema {
  return { type: "object", additionalProperties: false, properties };
}

function all(properties: Schema): Schema {
  return { ...optional(properties), required: Object.keys(properties) };
}

function listOf(items: Schema): Schema {
  return { type: "array", items, maxItems: LISTED_MAX };
}

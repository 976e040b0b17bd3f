// What may be asked of live requests, as a JSON schema.

import { LIMITS } from "#base/limits.ts";

const NAME = { type: "string", maxLength: 253 };
const TEXT = { type: "string", maxLength: LIMITS.requestTargetBytesMax };
const PARTY = object({ namespace: NAME, workload: NAME, service: NAME });
const STATUS = { type: "integer", minimum: 0, maximum: 999 };

const FILTER = object({
  direction: { enum: ["in", "out"] },
  methods: { type: "array", maxItems: 16, items: { type: "string", maxLength: 32 } },
  scheme: { enum: ["http", "https"] },
  authority: NAME,
  pathPrefix: TEXT,
  headers: {
    type: "array",
    maxItems: 16,
    items: {
      type: "array",
      minItems: 2,
      maxItems: 2,
      items: { anyOf: [TEXT, { type: "null" }] },
    },
  },
  from: PARTY,
  to: PARTY,
  statusFrom: STATUS,
  statusTo: STATUS,
  latencyMinMs: { type: "number", minimum: 0 },
});

export const TAP_BODY = {
  ...object({
    kind: { enum: ["workload", "service", "namespace"] },
    namespace: NAME,
    name: NAME,
    perSecondMax: { type: "integer", minimum: 1, maximum: LIMITS.tapPerSecondMax },
    filter: FILTER,
    bodyBytesMax: { type: "integer", minimum: 1, maximum: LIMITS.tapBodyBytesMax },
  }),
  required: ["kind"],
};

function object(properties: Readonly<Record<string, unknown>>) {
  return { type: "object", additionalProperties: false, properties };
}

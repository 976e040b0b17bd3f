// What may be asked of documents, as JSON schemas.

import { LIMITS } from "#base/limits.ts";

const NAME = { type: "string", minLength: 1, maxLength: 253 };
const FILE = { type: "string", minLength: 1, maxLength: 1024 };
const NOTE = { type: "string", maxLength: 512 };
const STEP = { anyOf: [NAME, { type: "integer", minimum: 0, maximum: 10_000 }] };
const TEXT_OR_NULL = { anyOf: [{ type: "string" }, { type: "null" }] };

const CHANGE = all({ file: FILE, text: TEXT_OR_NULL, before: TEXT_OR_NULL });

export const CHANGES_BODY = {
  ...object({
    changes: { type: "array", minItems: 1, maxItems: LIMITS.changeFilesMax, items: CHANGE },
    by: NOTE,
    note: NOTE,
    forMs: { type: "integer", minimum: 1_000, maximum: LIMITS.changeForMaxMs },
    takesErrors: { type: "boolean" },
  }),
  required: ["changes"],
};

export const EDITS_BODY = all({
  kind: NAME,
  namespace: NAME,
  name: NAME,
  edits: {
    type: "array",
    minItems: 1,
    maxItems: 200,
    items: all({ path: { type: "array", minItems: 1, maxItems: 32, items: STEP }, value: {} }),
  },
});

const LABEL = { type: "string", pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" };

export const FAULT_BODY = {
  ...object({
    namespace: LABEL,
    service: LABEL,
    port: { type: "integer", minimum: 1, maximum: 65_535 },
    percent: { type: "integer", minimum: 1, maximum: 100 },
    delayMs: { type: "integer", minimum: 1, maximum: 3_600_000 },
    abortStatus: { type: "integer", minimum: 400, maximum: 599 },
  }),
  required: ["namespace", "service", "percent"],
  anyOf: [{ required: ["delayMs"] }, { required: ["abortStatus"] }],
};

export const ROLLBACK_BODY = all({ id: NAME });

type Properties = Readonly<Record<string, unknown>>;

function object(properties: Properties) {
  return { type: "object", additionalProperties: false, properties };
}

function all(properties: Properties) {
  return { ...object(properties), required: Object.keys(properties) };
}

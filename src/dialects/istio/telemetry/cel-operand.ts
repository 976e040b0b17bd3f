// What stands in an expression about a request: attributes by the names that Envoy has for them,
// values, and what becomes of two of them.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes

import type { AccessNumber, AccessTest, AccessText, NumberRelation } from "#ir/access-test.ts";

export type Operand =
  | { readonly kind: "test"; readonly test: AccessTest }
  | { readonly kind: "number"; readonly of: AccessNumber }
  | { readonly kind: "text"; readonly of: AccessText }
  | { readonly kind: "headers" }
  | { readonly kind: "list"; readonly values: readonly Value[] }
  | Value;

export type Value =
  | { readonly kind: "number-value"; readonly value: number }
  | { readonly kind: "duration-value"; readonly value: number } // milliseconds
  | { readonly kind: "text-value"; readonly value: string };

const ATTRIBUTES: ReadonlyMap<string, Operand> = new Map<string, Operand>([
  ["connection.mtls", { kind: "test", test: { kind: "mutual-tls" } }],
  ["response.code", { kind: "number", of: "response_code" }],
  ["response.grpc_status", { kind: "number", of: "grpc_status" }],
  ["response.size", { kind: "number", of: "bytes_sent" }],
  ["request.size", { kind: "number", of: "bytes_received" }],
  ["request.duration", { kind: "number", of: "duration" }],
  ["request.method", { kind: "text", of: "method" }],
  ["request.path", { kind: "text", of: "target" }],
  ["request.url_path", { kind: "text", of: "path" }],
  ["request.query", { kind: "text", of: "query" }],
  ["request.host", { kind: "text", of: "authority" }],
  ["request.scheme", { kind: "text", of: "scheme" }],
  ["request.id", { kind: "text", of: { header: "x-request-id" } }],
  ["request.useragent", { kind: "text", of: { header: "user-agent" } }],
  ["request.referer", { kind: "text", of: { header: "referer" } }],
  ["request.headers", { kind: "headers" }],
  ["upstream.address", { kind: "text", of: "upstream_host" }],
  ["true", { kind: "test", test: { kind: "constant", holds: true } }],
  ["false", { kind: "test", test: { kind: "constant", holds: false } }],
]);

export const ATTRIBUTE_NAMES = [...ATTRIBUTES.keys()].filter((name) => name.includes("."));

export function attributeOf(name: string): Operand | undefined {
  return ATTRIBUTES.get(name);
}

const FLIPPED = {
  ...{ "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" },
} as const satisfies Record<NumberRelation, NumberRelation>;

export function isRelation(text: string): text is NumberRelation {
  return Object.hasOwn(FLIPPED, text);
}

// Undefined: they can't be held against each other.
export function related(
  left: Operand,
  relation: NumberRelation,
  right: Operand,
): AccessTest | undefined {
  return oneWay(left, relation, right) ?? oneWay(right, FLIPPED[relation], left);
}

function oneWay(left: Operand, is: NumberRelation, right: Operand): AccessTest | undefined {
  if (left.kind === "number" && right.kind === valueKindOf(left.of)) {
    return { kind: "number", of: left.of, is, than: right.value };
  }
  if (is !== "==" && is !== "!=") return undefined;
  if (left.kind === "text" && right.kind === "text-value") {
    return { kind: "text", of: left.of, is, than: right.value };
  }
  if (left.kind !== "test" || right.kind !== "test" || right.test.kind !== "constant") {
    return undefined;
  }
  const isSame = right.test.holds === (is === "==");
  return isSame ? left.test : { kind: "not", of: left.test };
}

function valueKindOf(of: AccessNumber): "number-value" | "duration-value" {
  return of === "duration" ? "duration-value" : "number-value";
}

// One of a list, or a header that is there.
export function contained(left: Operand, right: Operand): AccessTest | undefined {
  if (right.kind === "headers" && left.kind === "text-value") {
    return { kind: "present", of: { header: left.value.toLowerCase() } };
  }
  if (right.kind !== "list") return undefined;
  const tests = right.values.map((value) => related(left, "==", value));
  const known = tests.filter((test) => test !== undefined);
  return known.length === tests.length ? { kind: "or", of: known } : undefined;
}

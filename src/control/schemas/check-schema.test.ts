import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json, JsonObject } from "#ir/document.ts";
import { fieldPathText } from "#ir/field-path.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { checkSchema } from "./check-schema.ts";
import { kindSchemas } from "./crd-schema.ts";

const PARENT = { group: "", kind: "Service", name: "reviews" };
const BACKEND = { name: "reviews", port: 80 };

test("a document that an API server lets in has no finding", () => {
  const rules = [{ name: "all", backendRefs: [BACKEND], timeouts: { request: "10s" } }];
  assert.deepEqual(find("HTTPRoute", { parentRefs: [PARENT], rules }), []);
  const http = [{ route: [{ destination: { host: "reviews" } }], timeout: "10s" }];
  assert.deepEqual(find("VirtualService", { hosts: ["reviews"], http }), []);
});

const cases: readonly (readonly [what: string, kind: string, spec: JsonObject, told: string])[] = [
  [
    "a value of another type",
    "DestinationRule",
    { host: 7 },
    "spec.host: Found 7 (a number), must be text",
  ],
  [
    "a required field that is missing",
    "DestinationRule",
    { subsets: [] },
    "spec.host: Found nothing, must be text",
  ],
  [
    "a field that the kind doesn't have",
    "DestinationRule",
    { host: "a", hots: "b" },
    'spec.hots: "hots" is no field of this kind at this place; Did you mean "host"?',
  ],
  [
    "a name that isn't one of a few, with the nearest",
    "DestinationRule",
    { host: "a", trafficPolicy: { loadBalancer: { simple: "ROUND_ROBBIN" } } },
    'spec.trafficPolicy.loadBalancer.simple: Found "ROUND_ROBBIN", must be one of UNSPECIFIED, ' +
      'LEAST_CONN, RANDOM, PASSTHROUGH, ROUND_ROBIN, LEAST_REQUEST; Did you mean "ROUND_ROBIN"?',
  ],
  [
    "two fields of which there may be one",
    "VirtualService",
    { hosts: ["a"], http: [{ fault: { abort: { httpStatus: 500, grpcStatus: "OK" } } }] },
    "spec.http[0].fault.abort: Found an object, must be an object with at most one of " +
      "httpStatus, grpcStatus, http2Error",
  ],
  [
    "a text of the wrong form",
    "HTTPRoute",
    { rules: [{ name: "Not A Name" }] },
    'spec.rules[0].name: Found "Not A Name", must be text of the form ' +
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
  ],
  [
    "more items than a list may have",
    "HTTPRoute",
    { rules: Array.from({ length: 17 }, () => ({ backendRefs: [BACKEND] })) },
    "spec.rules: Found a list, must be a list of at most 16 items",
  ],
  [
    "a number beyond its range",
    "HTTPRoute",
    { rules: [{ backendRefs: [{ name: "a", port: 70_000 }] }] },
    "spec.rules[0].backendRefs[0].port: Found 70000 (a number), must be at most 65535",
  ],
  [
    "a number with a fraction where a whole one must stand",
    "HTTPRoute",
    { rules: [{ backendRefs: [{ name: "a", port: 80.5 }] }] },
    "spec.rules[0].backendRefs[0].port: Found 80.5 (a number), must be a whole number",
  ],
  [
    "an item of a set that stands there twice",
    "HTTPRoute",
    { rules: [{ retry: { codes: [500, 500] } }] },
    "spec.rules[0].retry.codes[1]: Found 500 twice in the list, must stand there once",
  ],
  [
    "an item of a keyed list that stands there twice",
    "HTTPRoute",
    {
      rules: [{ matches: [{ headers: ["a", "b"].map((value) => ({ name: "x", value })) }] }],
    },
    'spec.rules[0].matches[0].headers[1].name: Found "x" twice in the list, must stand there once',
  ],
  [
    "a broken rule, written in CEL",
    "HTTPRoute",
    { rules: [{ name: "a" }, { name: "a" }] },
    "spec.rules: Found a list that breaks a rule of the kind: Rule name must be unique within " +
      "the route",
  ],
  [
    "a broken rule with an index in it",
    "HTTPRoute",
    {
      rules: [
        {
          matches: [{ path: { type: "Exact", value: "/a" } }],
          filters: [
            {
              type: "URLRewrite",
              urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/b" } },
            },
          ],
        },
      ],
    },
    "spec.rules[0]: Found an object that breaks a rule of the kind: When using URLRewrite filter " +
      "with path.replacePrefixMatch, exactly one PathPrefix match must be specified",
  ],
  [
    "a broken rule with a pattern that only Go knows",
    "GRPCRoute",
    { rules: [{ matches: [{ method: { service: "a b" } }] }] },
    "spec.rules[0].matches[0].method: Found an object that breaks a rule of the kind: service " +
      "must only contain valid characters (matching " +
      "^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$)",
  ],
  [
    "a duration too short, by a rule",
    "VirtualService",
    { hosts: ["a"], http: [{ timeout: "0s" }] },
    'spec.http[0].timeout: Found "0s" that breaks a rule of the kind: must be a valid duration ' +
      "greater than 1ms",
  ],
];

for (const [what, kind, spec, told] of cases) {
  test(`${what} is found`, () => assert.deepEqual(find(kind, spec), [told]));
}

test("null is the same as absent in an object, and a default fills in for it", () => {
  const parentRefs = [{ ...PARENT, namespace: null, port: null }];
  const rules = [{ matches: null, backendRefs: [{ ...BACKEND, kind: null }] }];
  assert.deepEqual(find("HTTPRoute", { parentRefs, rules }), []);
});

test("a document is not changed by the defaults that it is checked with", () => {
  const spec = { parentRefs: [PARENT], rules: [{ backendRefs: [BACKEND] }] };
  const before = structuredClone(spec);
  find("HTTPRoute", spec);
  assert.deepEqual(spec, before);
});

test("names that every object inherits are fields like others", () => {
  const spec = { host: "a", subsets: [{ name: "b", labels: { constructor: "c" } }] };
  assert.deepEqual(find("DestinationRule", spec), []);
  const told = find("DestinationRule", { host: "a", constructor: "b" } as JsonObject);
  assert.match(told[0] ?? "", /^spec\.constructor: "constructor" is no field of this kind/);
});

test("a kind without a schema, and a version that isn't served, has no finding", () => {
  const object = { kind: "Gadget", metadata: { name: "a" }, spec: { x: 1 } };
  assert.deepEqual(checkSchema(plainDocument({ apiVersion: "a.example/v1", ...object })), []);
  const early = { apiVersion: "networking.istio.io/v0", ...object, kind: "VirtualService" };
  assert.deepEqual(checkSchema(plainDocument(early)), []);
});

for (const { group, kind, versions } of kindSchemas()) {
  test(`an empty ${kind} (${versions}) is held against a schema and all that it needs`, () => {
    // Every schema compiles, in ajv and in CEL; what is missing is told by name.
    for (const version of versions) {
      const apiVersion = `${group}/${version}`;
      const metadata = { name: "a" };
      const document = plainDocument({ apiVersion, kind, metadata, spec: { no: { such: 1 } } });
      assert.ok(checkSchema(document).some(({ path }) => fieldPathText(path) === "spec.no"));
    }
  });
}

function find(kind: string, spec: JsonObject): readonly string[] {
  const { group } = kindSchemas().find((each) => each.kind === kind)!;
  const parentRefs: Json = [PARENT];
  const whole = group.startsWith("gateway") ? { parentRefs, ...spec } : spec;
  const object = { apiVersion: `${group}/v1`, kind, metadata: { name: "a" }, spec: whole };
  return checkSchema(plainDocument(object)).map(({ path, message, remedy }) =>
    [`${fieldPathText(path)}: ${message}`, ...(remedy === undefined ? [] : [remedy])].join("; "),
  );
}

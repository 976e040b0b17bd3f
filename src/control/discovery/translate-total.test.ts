// Whatever stands in a document: a translation, never an exception; and never a rule that takes
// more requests than its author wrote.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { discover } from "./discover.ts";
import { translatedKinds, translatorOf } from "./translators.ts";

// Every name that some dialect asks for, so that the arbitrary objects get far.
const NAMES = (
  "hosts http match uri exact prefix regex method headers queryParams authority port number " +
  "route destination host subset weight subsets name labels trafficPolicy tls gateways exportTo " +
  "parentRefs group kind namespace rules matches path type value backendRefs filters hostnames " +
  "command environment ports protocol targetPort dependencies service readiness tcp selector " +
  "serviceAccount certificates lifetime trustDomain withoutHeaders redirect timeout __proto__ x"
).split(" ");
const TEXTS = "http tcp GET Exact PathPrefix RegularExpression Service mesh reviews /a 10s".split(
  " ",
);

const scalar = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, 1, 80, -1, 1.5, 1e9, ""),
  fc.constantFrom<Json>(...TEXTS),
  fc.string({ maxLength: 6 }),
);
const { value } = fc.letrec<{ value: Json; list: Json[]; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 7 }, scalar, tie("object"), tie("list"), tie("object")),
  list: fc.array(tie("value") as fc.Arbitrary<Json>, { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie("value") as fc.Arbitrary<Json>, {
    maxKeys: 6,
  }),
}));

// Shaped like routes, with anything inside.
const MATCH_NAMES = "uri path method headers queryParams port name type value exact x".split(" ");
const match = fc.oneof(value, fc.dictionary(fc.constantFrom(...MATCH_NAMES), value));
const matches = fc.oneof(value, fc.array(match, { maxLength: 3 }));
const parts = { match: matches, matches, route: value, backendRefs: value, filters: value };
const rules = fc.array(fc.record(parts, { requiredKeys: [] }), { maxLength: 3 });
const parentRefs = fc.constant([{ group: "", kind: "Service", name: "reviews" }]);
const routing = fc.record(
  { hosts: fc.constant(["reviews"]), parentRefs, http: rules, rules, x: value },
  { requiredKeys: ["hosts", "parentRefs"] },
) as fc.Arbitrary<Json>;

for (const key of translatedKinds()) {
  const group = key.slice(0, key.indexOf("/"));
  const kind = key.slice(key.indexOf("/") + 1);
  test(`whatever a ${kind} says, translating it ends with a translation`, () => {
    const versions = translatorOf(group, kind)?.versions ?? [];
    const apiVersion = group === "" ? versions[0]! : `${group}/${versions[0]}`;
    let rulesSeen = 0;
    const property = fc.property(fc.oneof(value, routing), (spec) => {
      const object = { apiVersion, kind, metadata: { name: "a" }, spec: spec ?? {}, x: 1 };
      const documents = [plainDocument(object as JsonObject)];
      const { model, diagnostics } = discover({ documents, diagnostics: [] });
      assert.ok(diagnostics.some(({ field }) => field === "x"));
      for (const { layer = "http", rules } of model.routes) {
        rulesSeen += rules.length;
        for (const { matches: own, index } of rules) {
          if (own.length === 0) assert.ok(takesEverything(kind, layer, spec, index));
        }
      }
    });
    fc.assert(property, { seed: 3, numRuns: 500, interruptAfterTimeLimit: 20_000 });
    // A check that can't fail is a defect: it must have had rules to look at.
    if (kind.endsWith("Route") || kind === "VirtualService") assert.ok(rulesSeen > 50);
  });
}

// No list of matches was written, or an empty one; or, of an HTTPRoute, no rules. Routes for
// connections have none but hostnames.
function takesEverything(kind: string, layer: string, spec: Json, index: number): boolean {
  if (kind === "TCPRoute") return true;
  if (kind === "TLSRoute") return isJsonObject(spec) && isEmpty(spec["hostnames"] ?? []);
  const [list, field] = kind === "VirtualService" ? [layer, "match"] : ["rules", "matches"];
  const written = isJsonObject(spec) ? spec[list!] : undefined;
  if (kind === "HTTPRoute" && (written ?? undefined) === undefined) return true;
  const rule = Array.isArray(written) ? (written[index] as Json) : undefined;
  if (!isJsonObject(rule)) return false;
  return isEmpty(rule[field!] ?? []);
}

function isEmpty(list: Json): boolean {
  return Array.isArray(list) && list.length === 0;
}

// http[] of a VirtualService: the rules, the first that matches takes the request.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteBackend, RouteMatch, RouteRule } from "#ir/route.ts";
import { readDestinations } from "./destination.ts";
import { readHttpMatch } from "./http-match.ts";

// What becomes of a request that the rule takes, without them.
const WITHOUT = {
  corsPolicy: ["warning", "no CORS headers are added"],
  fault: ["warning", "no faults are injected"],
  headers: ["error", "requests and responses keep their headers"],
  mirror: ["warning", "nothing is mirrored"],
  mirrorPercentage: ["warning", "nothing is mirrored"],
  mirrorPercent: ["warning", "nothing is mirrored"],
  mirror_percent: ["warning", "nothing is mirrored"],
  mirrors: ["warning", "nothing is mirrored"],
  retries: ["warning", "only requests that no endpoint has seen are tried again"],
  rewrite: ["error", "requests keep their path and authority"],
  timeout: ["warning", "requests have no time limit of their own"],
} as const;

// Instead of forwarding. Handing such a request on to a service would be wrong.
const ANSWERS = ["delegate", "directResponse", "redirect"];

export function readHttpRules(spec: FieldReader, namespace: string): readonly RouteRule[] {
  return spec.list("http").flatMap((reader, index) => {
    // What isn't even an object takes no request.
    if (!reader.isSound) return [];
    const name = reader.text("name") ?? "";
    const matches = readMatches(reader);
    const backends = readBackends(reader, namespace);
    for (const [field, [severity, consequence]] of Object.entries(WITHOUT)) {
      reader.unsupported(severity, consequence, field);
    }
    return matches ? [{ name, index, origin: reader.origin, matches, backends }] : [];
  });
}

// Undefined: no match could be honoured, so the rule takes no request. (An empty list would take
// every one.)
function readMatches(reader: FieldReader): readonly RouteMatch[] | undefined {
  const readers = reader.list("match");
  const matches = readers.flatMap((each) => readHttpMatch(each) ?? []);
  return readers.length > 0 && matches.length === 0 ? undefined : matches;
}

function readBackends(reader: FieldReader, namespace: string): readonly RouteBackend[] {
  const backends = readDestinations(reader, namespace);
  const answer = ANSWERS.find((name) => reader.has(name));
  reader.unsupported("error", "requests that this rule takes get an error", ...ANSWERS);
  if (answer !== undefined) {
    return [{ kind: "invalid", reason: `"${answer}" is not supported yet`, weight: 1 }];
  }
  if (backends.length > 0) return backends;
  if (reader.isSound) reader.require("route", "a list of destinations");
  return [{ kind: "invalid", reason: "The rule has no destination", weight: 1 }];
}

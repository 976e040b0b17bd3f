// HTTPRoute (gateway.networking.k8s.io) with Services as parents, as GAMMA has it.

import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteMatch, RouteRule } from "#ir/route.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readParentRefs } from "./parent-refs.ts";
import { readRouteMatch } from "./route-match.ts";
import { routesOf } from "./routes-of.ts";
import { changes, readRuleBackends } from "./rule-backends.ts";
import { readSessionPersistence } from "./session-persistence.ts";
import { nothingFound } from "./shape-found.ts";
import { readTraffic } from "./traffic.ts";

export function translateHttpRoute(document: Document): Translation {
  return translateFields(document, readHttpRoute);
}

function readHttpRoute(root: FieldReader, document: Document) {
  const { namespace } = document;
  const spec = root.inside("spec");
  const parents = readParentRefs(spec, namespace);
  const rules = readRules(spec, document);
  const ignored = "a Service as parent is matched by its name alone";
  spec.unsupported("warning", ignored, "hostnames");
  spec.unsupported("warning", "every parent is taken", "useDefaultGateways");
  return { routes: routesOf(document, parents, rules) };
}

function readRules(spec: FieldReader, document: Document): readonly RouteRule[] {
  const { namespace, annotations } = document;
  if (!spec.has("rules")) return [ruleForAll(spec)];
  return spec.list("rules").flatMap((reader, index) => {
    // What isn't even an object takes no request.
    if (!reader.isSound) return [];
    const name = reader.text("name") ?? "";
    const matches = readMatches(reader);
    const found = { namespace, mirrors: [] };
    const shape = nothingFound(false, hasOnePrefix(matches ?? []));
    const backends = readRuleBackends(reader, shape, found);
    const session = readSessionPersistence(reader);
    const context = { annotations, matches: matches ?? [], mirrors: found.mirrors };
    const traffic = readTraffic(reader, context);
    return matches
      ? [
          {
            name,
            index,
            origin: reader.origin,
            matches,
            backends,
            ...changes(shape),
            ...traffic,
            ...session,
          },
        ]
      : [];
  });
}

// The API server's default: it takes every request, and has nobody to send them to.
function ruleForAll(spec: FieldReader): RouteRule {
  const message = "The route has no rules: every request gets an error";
  const remedy = "Write a rule with a Service in backendRefs.";
  spec.report(["rules"], { severity: "warning", code: "WEFT106", message, remedy });
  return { name: "", index: 0, origin: spec.origin, matches: [], backends: [] };
}

// Undefined: no match could be honoured, so the rule takes no request. (An empty list would take
// every one.)
function readMatches(reader: FieldReader): readonly RouteMatch[] | undefined {
  const readers = reader.list("matches");
  const matches = readers.flatMap((each) => readRouteMatch(each) ?? []);
  return readers.length > 0 && matches.length === 0 ? undefined : matches;
}

// No match is the prefix "/".
function hasOnePrefix(matches: readonly RouteMatch[]): boolean {
  const [first, ...others] = matches;
  return others.length === 0 && (!first?.path || first.path.kind === "segment-prefix");
}

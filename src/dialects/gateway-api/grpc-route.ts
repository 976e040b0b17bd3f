// GRPCRoute (gateway.networking.k8s.io) with Services as parents, as GAMMA has it: a service's
// method is a path.

import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteMatch, RouteRule } from "#ir/route.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readGrpcMatch } from "./grpc-match.ts";
import { readParentRefs } from "./parent-refs.ts";
import { routesOf } from "./routes-of.ts";
import { changes, readRuleBackends } from "./rule-backends.ts";
import { readSessionPersistence } from "./session-persistence.ts";
import { nothingFound } from "./shape-found.ts";
import { readTraffic } from "./traffic.ts";

export function translateGrpcRoute(document: Document): Translation {
  return translateFields(document, readGrpcRoute);
}

function readGrpcRoute(root: FieldReader, document: Document) {
  const spec = root.inside("spec");
  const parents = readParentRefs(spec, document.namespace);
  const rules = readRules(spec, document);
  const ignored = "a Service as parent is matched by its name alone";
  spec.unsupported("warning", ignored, "hostnames");
  spec.unsupported("warning", "every parent is taken", "useDefaultGateways");
  return { routes: routesOf(document, parents, rules) };
}

function readRules(spec: FieldReader, document: Document): readonly RouteRule[] {
  const { namespace, annotations } = document;
  if (!spec.has("rules")) {
    const message = "The route has no rules: it takes no call";
    const remedy = "Write a rule with a Service in backendRefs.";
    spec.report(["rules"], { severity: "warning", code: "WEFT106", message, remedy });
  }
  return spec.list("rules").flatMap((reader, index) => {
    if (!reader.isSound) return [];
    const name = reader.text("name") ?? "";
    const matches = readMatches(reader);
    const found = { namespace, mirrors: [] };
    const shape = nothingFound(false, false);
    const backends = readRuleBackends(reader, shape, found);
    const session = readSessionPersistence(reader);
    const context = { annotations, matches: matches ?? [], mirrors: found.mirrors };
    const traffic = readTraffic(reader, context);
    const rule = {
      name,
      index,
      origin: reader.origin,
      backends,
      ...changes(shape),
      ...traffic,
      ...session,
    };
    return matches ? [{ ...rule, matches }] : [];
  });
}

// Undefined: no match could be honoured, so the rule takes no request.
function readMatches(reader: FieldReader): readonly RouteMatch[] | undefined {
  const readers = reader.list("matches");
  const matches = readers.flatMap((each) => readGrpcMatch(each) ?? []);
  return readers.length > 0 && matches.length === 0 ? undefined : matches;
}

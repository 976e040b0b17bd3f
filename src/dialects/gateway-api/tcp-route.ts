// TCPRoute (gateway.networking.k8s.io) with Services as parents: every connection to them.

import type { Document } from "#ir/document.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readConnectionRules } from "./connection-rules.ts";
import { readParentRefs } from "./parent-refs.ts";
import { routesOf } from "./routes-of.ts";

export function translateTcpRoute(document: Document): Translation {
  return translateFields(document, (root) => {
    const spec = root.inside("spec");
    const parents = readParentRefs(spec, document.namespace);
    const rules = readConnectionRules(spec, document.namespace, []);
    spec.unsupported("warning", "every parent is taken", "useDefaultGateways");
    return { routes: routesOf(document, parents, rules, "tcp") };
  });
}

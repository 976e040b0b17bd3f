// TLSRoute (gateway.networking.k8s.io) with Services as parents: connections whose ClientHello
// names one of its hosts.

import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import type { RouteMatch } from "#ir/route.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readConnectionRules } from "./connection-rules.ts";
import { readParentRefs } from "./parent-refs.ts";
import { routesOf } from "./routes-of.ts";

export function translateTlsRoute(document: Document): Translation {
  return translateFields(document, (root) => {
    const spec = root.inside("spec");
    const parents = readParentRefs(spec, document.namespace);
    const matches = readHostnames(spec);
    const rules = readConnectionRules(spec, document.namespace, matches);
    spec.unsupported("warning", "every parent is taken", "useDefaultGateways");
    // Not one could be read, so that it takes nothing.
    if (spec.has("hostnames") && matches.length === 0) return {};
    return { routes: routesOf(document, parents, rules, "tls") };
  });
}

// A match each: the narrowest name wins, whatever stands beside it.
function readHostnames(spec: FieldReader): readonly RouteMatch[] {
  return spec.texts("hostnames").flatMap((text, i): RouteMatch[] => {
    const name = text.toLowerCase();
    if (name === "*" || !isHostName(name, "patterns")) {
      spec.invalidAt(["hostnames", i], text, 'a host, or one such as "*.example.com"');
      return [];
    }
    const any = { path: undefined, method: undefined, authority: undefined };
    return [{ ...any, headers: [], query: [], serverNames: [name] }];
  });
}

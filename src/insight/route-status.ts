// The status of a route of Gateway API: Accepted, ResolvedRefs and, where it is so,
// PartiallyInvalid, for each parent that is ours. Parents of other kinds are other controllers'.

import type { RouteCondition, RouteParentStatus } from "#api/route-parent-status.ts";
import type { Catalog } from "#compile/catalog.ts";
import { isAbout } from "#compile/is-about.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { nameKey } from "#ir/model.ts";
import type { HttpRoute } from "#ir/route.ts";
import { resolvedRefs } from "./resolved-refs.ts";

const CONTROLLER_NAME = "weft.dev/control-plane";
const GROUP = "gateway.networking.k8s.io";
// And what they are about.
const KINDS: ReadonlyMap<string, string> = new Map([
  ["HTTPRoute", "HTTP"],
  ["GRPCRoute", "HTTP"],
  ["TLSRoute", "TLS"],
  ["TCPRoute", "TCP"],
]);
// None: requests.
const LAYERS: ReadonlyMap<string, "tcp" | "tls"> = new Map([
  ["TLS", "tls"],
  ["TCP", "tcp"],
]);
const CORE = ["", "core"];
const INCOMPATIBLE = /\bfilters\b.*\btype\b/;
const BACKEND_OBJECT = /\.backendRefs?(\[\d+\])?\.(group|kind|name|namespace|port)$/;

// Undefined: no such route. `own`: the object's diagnostics. `routes`: what it was translated to.
export function routeStatus(
  document: Document,
  own: readonly Diagnostic[],
  routes: readonly HttpRoute[],
  catalog: Catalog,
): readonly RouteParentStatus[] | undefined {
  const { ref } = document.origin;
  const about = KINDS.get(ref.kind);
  if (ref.group !== GROUP || about === undefined) return undefined;
  const invalid = invalidRules(document, own);
  const references = resolvedRefs(document, routes, catalog);
  return objectsIn(document.spec["parentRefs"])
    .filter(({ kind, group = GROUP }) => kind === "Service" && CORE.includes(String(group)))
    .map((parent) => {
      const parentRef = parentRefOf(parent, document.namespace);
      const accepted = acceptance(parentRef, about, invalid, catalog);
      const partly =
        accepted.status === "True" && invalid.dropped.length > 0
          ? [partiallyInvalid(invalid.dropped)]
          : [];
      const conditions = [accepted, references, ...partly];
      return { parentRef, controllerName: CONTROLLER_NAME, conditions };
    });
}

type ParentRef = RouteParentStatus["parentRef"];

function parentRefOf(parent: JsonObject, namespace: string): ParentRef {
  const { name, namespace: space, port, sectionName } = parent;
  return {
    ...{ group: "", kind: "Service", name: String(name ?? "") },
    namespace: typeof space === "string" ? space : namespace,
    ...(typeof port === "number" ? { port } : {}),
    ...(typeof sectionName === "string" ? { sectionName } : {}),
  };
}

type Invalid = {
  readonly isWhole: boolean; // no rule is left, or something outside of the rules is wrong
  readonly dropped: readonly Diagnostic[]; // one for each rule that isn't as written
};

// References are a matter of ResolvedRefs.
function invalidRules({ spec }: Document, own: readonly Diagnostic[]): Invalid {
  const errors = own.filter(
    ({ severity, code, field = "" }) =>
      severity === "error" && code.startsWith("WEFT1") && !BACKEND_OBJECT.test(field),
  );
  const ofRule = new Map<string, Diagnostic>();
  for (const error of errors) {
    const rule = /^spec\.rules\[(\d+)\]/.exec(error.field ?? "")?.[1];
    if (rule !== undefined && !ofRule.has(rule)) ofRule.set(rule, error);
  }
  const elsewhere = errors.filter(({ field = "" }) => !/^spec\.(rules|parentRefs)\[/.test(field));
  const count = objectsIn(spec["rules"]).length;
  const isWhole = elsewhere.length > 0 || (count > 0 && ofRule.size >= count);
  return { isWhole, dropped: [...elsewhere, ...ofRule.values()] };
}

function acceptance(
  parent: ParentRef,
  about: string,
  { isWhole, dropped }: Invalid,
  catalog: Catalog,
): RouteCondition {
  const title = `Service ${parent.namespace}/${parent.name}`;
  const service = catalog.serviceOf.get(nameKey(parent));
  if (!service) return notAccepted("NoMatchingParent", `${title} does not exist`);
  const { port, sectionName } = parent;
  const isMet = service.ports.some(
    (known) =>
      isAbout({ layer: LAYERS.get(about), dialect: "gateway-api" }, known) &&
      (port === undefined || known.port === port) &&
      (sectionName === undefined || known.name === sectionName),
  );
  if (!isMet) {
    const wanted = [port, sectionName && `"${sectionName}"`].filter((part) => part !== undefined);
    const which = ["port", ...wanted, `for ${about}`].join(" ");
    return notAccepted("NoMatchingParent", `${title} has no ${which}`);
  }
  const [first] = dropped;
  if (isWhole && first) {
    const isFilter = INCOMPATIBLE.test(first.field ?? "") && /not both/.test(first.message);
    return notAccepted(isFilter ? "IncompatibleFilters" : "UnsupportedValue", textOf(first));
  }
  const message = "The route is in force";
  return { type: "Accepted", status: "True", reason: "Accepted", message };
}

function notAccepted(reason: RouteCondition["reason"], message: string): RouteCondition {
  return { type: "Accepted", status: "False", reason, message };
}

// As the specification has it, the message begins with what is done about it.
function partiallyInvalid(dropped: readonly Diagnostic[]): RouteCondition {
  const message = `Dropped Rule: ${dropped.map(textOf).join("; ")}`;
  return { type: "PartiallyInvalid", status: "True", reason: "UnsupportedValue", message };
}

function textOf({ message, field }: Diagnostic): string {
  return field === undefined ? message : `${field}: ${message}`;
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

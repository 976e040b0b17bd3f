// How a route of Gateway API fares with each of its parents: what its status will say, less the
// times and generations that whoever writes it knows.
// https://gateway-api.sigs.k8s.io/reference/spec/ (RouteParentStatus)

export type RouteParentStatus = {
  readonly parentRef: {
    readonly group: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly port?: number;
    readonly sectionName?: string; // of a Service: its port's name
  };
  readonly controllerName: string;
  readonly conditions: readonly RouteCondition[];
};

export type RouteCondition = {
  readonly type: "Accepted" | "ResolvedRefs" | "PartiallyInvalid";
  readonly status: "True" | "False";
  readonly reason: RouteReason;
  readonly message: string;
};

// Gateway API's own words.
export type RouteReason =
  | "Accepted"
  | "NoMatchingParent"
  | "UnsupportedValue"
  | "IncompatibleFilters"
  | "ResolvedRefs"
  | "RefNotPermitted"
  | "InvalidKind"
  | "BackendNotFound";

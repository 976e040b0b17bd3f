// A route is about HTTP requests, which a port that carries TCP has none of; or about connections.
// Istio tells ports that begin with TLS from others.

import type { ServicePort } from "#ir/model.ts";
import type { HttpRoute } from "#ir/route.ts";

export type AboutRoute = Pick<HttpRoute, "dialect"> & {
  readonly layer?: HttpRoute["layer"] | undefined;
};

export function isAbout({ layer, dialect }: AboutRoute, { protocol, isTls }: ServicePort): boolean {
  if (layer === undefined) return protocol !== "tcp";
  if (protocol !== "tcp") return layer === "tcp" && protocol === "detect";
  return dialect !== "istio" || (isTls ?? false) === (layer === "tls");
}

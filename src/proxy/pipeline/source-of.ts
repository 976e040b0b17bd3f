// Who sends a request, as balancing by source has it: a sidecar's requests all have one source, a
// gateway's the address that it has just written behind all others.

import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";

export function sourceOf(
  { namespace, name }: WorkloadPlan,
  isGateway: boolean,
): (head: RequestHead) => string {
  const self = `${namespace}/${name}`;
  if (!isGateway) return () => self;
  return ({ headers }) => {
    const addresses = findHeader(headers, "x-forwarded-for") ?? "";
    return addresses.slice(addresses.lastIndexOf(" ") + 1);
  };
}

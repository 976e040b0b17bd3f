// Which endpoint of a backend a request gets. Made when a plan is bound; a pick allocates nothing.

import type { Random } from "#base/random.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { EndpointLoad } from "./endpoint-load.ts";

export type Balancer = {
  // Its place among the endpoints; -1 where there is none. `tried`: has failed this request
  // already, and is taken only where nothing else is left.
  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number;
  // What the answer to the request that was just picked for has to carry, if anything.
  answerHeaders?(): Headers | undefined;
};

export type Loaded = { readonly load: EndpointLoad; readonly health?: Health | undefined };

// What is known of an endpoint beside its load.
export type Health = {
  // Failed time after time: others first.
  isEjected(nowMs: number): boolean;
  readonly sinceMs: number; // when it became one of the backend's endpoints
};

// Hot path.

import type { RequestHead } from "#proxy/exchange/heads.ts";
import { Attempt } from "./attempt.ts";
import type { Forwarding } from "./endpoint.ts";
import type { Exchange } from "./exchange.ts";

// At the endpoint that was just picked.
export function beginAttempt(
  exchange: Exchange,
  { endpoints, picker, shape, headersFor }: Forwarding,
  head: RequestHead,
  at: number,
): Attempt {
  exchange.tried(head, endpoints[at]!.address);
  const told = picker === undefined ? undefined : picker.answerHeaders(head, at);
  return new Attempt(exchange, endpoints[at]!, headersFor(at), shape, told);
}

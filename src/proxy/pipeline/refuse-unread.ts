// What is no request: a codec answers it, and it counts among those that no rule decided.

import type { Failure } from "#proxy/exchange/failure.ts";
import type { ResponseHead } from "#proxy/exchange/heads.ts";
import { refusal } from "./answer.ts";
import type { ExchangeTools } from "./exchange-tools.ts";

export function refuseUnread({ unrouted }: ExchangeTools, failure: Failure): ResponseHead {
  unrouted.began();
  const head = refusal(failure);
  unrouted.ended(head.status, failure.code, 0, 0, 0, 0);
  return head;
}

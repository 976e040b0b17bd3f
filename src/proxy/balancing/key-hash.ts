// Hot path.

import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { HashKeyPlan } from "#snapshot/destination-policy-plan.ts";
import { hashText } from "./hash-text.ts";
import { cookieHash, headerHash, queryHash } from "./request-hash.ts";

// Of what makes requests alike by this key; -1 where the request doesn't have it.
export function keyHash(
  by: HashKeyPlan,
  head: RequestHead,
  sourceOf: (head: RequestHead) => string,
): number {
  switch (by.kind) {
    case "header":
      return headerHash(head, by.name);
    case "query":
      return queryHash(head, by.name);
    case "source":
      return hashText(sourceOf(head));
    case "cookie":
      return cookieHash(head, by.name);
  }
}

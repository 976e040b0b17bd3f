// A failure as somebody outside the mesh may hear of it: what they did wrong in words, and what is
// wrong with us by its code only. Details name addresses, workloads and rules.

import type { Failure } from "#proxy/exchange/failure.ts";

export function forStrangers(failure: Failure): Failure {
  return failure.side === "downstream" ? failure : { ...failure, detail: failure.code };
}

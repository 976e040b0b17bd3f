// Hot path.
//
// Cross-origin requests, as the Fetch standard has them: which are preflights, and whether their
// origin may ask.

import type { BoundCors, BoundPreflight } from "./bound-shape.ts";
import type { DecisionRequest } from "./decision.ts";
import { matchesText } from "./match-fields.ts";

// The proxy answers it, instead of handing it on.
export function answersPreflight({ cors }: BoundPreflight, request: DecisionRequest): boolean {
  if (request.method !== "OPTIONS") return false;
  const origin = firstOf(request.headers, "origin");
  if (origin === undefined || !firstOf(request.headers, "access-control-request-method")) {
    return false;
  }
  return cors.answersUnmatched || allowsOrigin(cors, origin);
}

export function allowsOrigin({ origins }: BoundCors, origin: string): boolean {
  for (let i = 0; i < origins.length; i++) if (matchesText(origin, origins[i]!)) return true;
  return false;
}

function firstOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1];
  return undefined;
}

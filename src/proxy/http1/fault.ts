// What is wrong with bytes that a peer sent, before it is known whose fault that makes it.

import type { Failure } from "#proxy/exchange/failure.ts";

export type Fault = {
  readonly kind: "malformed" | "too-large" | "coding" | "version";
  // Says what was found and what would be right; never contains what the peer sent.
  readonly detail: string;
};

const REQUEST_CODES = {
  malformed: "malformed-request",
  "too-large": "head-too-large",
  coding: "coding-unsupported",
  version: "version-unsupported",
} as const;

export function requestFailure({ kind, detail }: Fault): Failure {
  return {
    code: REQUEST_CODES[kind],
    side: "downstream",
    retry: "never",
    detail: `Cannot read the request: ${detail}`,
  };
}

// The upstream has seen the request and answered something, so it is never sent again.
export function responseFailure({ detail }: Fault): Failure {
  return {
    code: "upstream-malformed",
    side: "upstream",
    retry: "never",
    detail: `Cannot read the answer: ${detail}`,
  };
}

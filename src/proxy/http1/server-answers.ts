// What the connection itself has to say to its downstream, and to the pipeline about it.

import { ANSWERS } from "#proxy/exchange/answers.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { ResponseHead } from "#proxy/exchange/heads.ts";
import type { DateLine } from "./date-line.ts";
import { encodeInform, encodeResponseHead } from "./head-writer.ts";

export const CONTINUE_TEXT = encodeInform({ status: 100, headers: [], contentLength: 0 });

export const HEAD_TIMED_OUT: Failure = {
  code: "head-timeout",
  side: "downstream",
  retry: "never",
  detail: "Cannot wait longer for the request's head: it should come at once",
};

export const HEAD_CUT_SHORT: Failure = {
  code: "malformed-request",
  side: "downstream",
  retry: "never",
  detail: "Cannot read the request: its sender closed the connection inside its head",
};

export function downstreamReset(code: string): Failure {
  const reason = code && ` (${code})`;
  return {
    code: "downstream-reset",
    side: "downstream",
    retry: "never",
    detail: `Cannot finish the exchange: the downstream closed the connection${reason}`,
  };
}

export const BODY_UNWANTED: Failure = {
  code: "downstream-reset",
  side: "downstream",
  retry: "never",
  detail: "Cannot read the request's body to its end: the answer is complete, and more comes still",
};

// Whatever asked for it, this answer is the last on its connection and has no body.
export function encodeLastAnswer(head: ResponseHead, date: Pick<DateLine, "text">): string {
  return encodeResponseHead(
    { ...head, contentLength: 0 },
    { framing: "none", connection: "close", statesLength: true, date },
  );
}

// For a failure that comes when the acceptor has the request already: it is told so by `fail`, and
// would count the request twice if it were asked to `refuse` it, too.
export function answerTo(failure: Failure): ResponseHead {
  const { status } = ANSWERS[failure.code];
  return { status, headers: ["weft-cause", failure.code], contentLength: 0 };
}

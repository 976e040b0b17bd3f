// Hot path.
//
// The deadline that a gRPC call brings with it: `grpc-timeout`, at most eight digits and a unit
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). The caller's proxy holds the
// call to it, also while it waits for a plan or a connection; ending it there ends it on the whole
// way, so nobody behind has to count, too. It goes on unchanged: what we take of it is microseconds
// where nothing fails, and where something does, we end it in time for those who were told of more.

import type { Headers } from "#proxy/exchange/heads.ts";
import { isGrpc } from "./answer.ts";
import type { TimedExchange } from "./timed-exchange.ts";

const DIGITS_MAX = 8;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

// Before it starts. `timeout` is "" for most. One that is malformed is none: it goes on as it is,
// and the application may refuse it.
export function keepToDeadline(exchange: TimedExchange, timeout: string, headers: Headers): void {
  if (timeout === "" || !isGrpc(headers)) return;
  const ms = parseGrpcTimeout(timeout);
  if (ms >= 0) exchange.endWithin(ms);
}

// In milliseconds, -1 where it is malformed. The most is 99999999H: far below what a number holds.
export function parseGrpcTimeout(text: string): number {
  const digits = text.length - 1;
  const unitMs = unitMsOf(text.charCodeAt(digits));
  if (digits < 1 || digits > DIGITS_MAX || unitMs === 0) return -1;
  let value = 0;
  for (let i = 0; i < digits; i++) {
    const char = text.charCodeAt(i);
    if (char < DIGIT_0 || char > DIGIT_9) return -1;
    value = value * 10 + (char - DIGIT_0);
  }
  return value * unitMs;
}

function unitMsOf(char: number): number {
  switch (char) {
    case 0x48: // H
      return 3_600_000;
    case 0x4d: // M
      return 60_000;
    case 0x53: // S
      return 1_000;
    case 0x6d: // m
      return 1;
    case 0x75: // u
      return 1e-3;
    case 0x6e: // n
      return 1e-6;
    default:
      return 0;
  }
}

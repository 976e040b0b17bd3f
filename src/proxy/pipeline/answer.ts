// The answers that the proxy itself makes.

import { ANSWERS } from "#proxy/exchange/answers.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { withRequestId } from "./with-request-id.ts";

// Where the proxy answers an application's peer, `rule` may be told; "" for none. `isNamed`: with
// the request's id.
export type AnswerOptions = { readonly rule: string; readonly isNamed?: boolean };

const METHOD_NOT_ALLOWED = 405;

// For the counters.
export type Answered = { readonly status: number; readonly grpcStatus: string };

export function answer(
  stream: DownstreamStream,
  request: RequestHead,
  failure: Failure,
  { rule, isNamed = false }: AnswerOptions,
): Answered {
  const cause = rule === "" ? failure.code : `${failure.code}; rule="${rule}"`;
  const named = (head: ResponseHead): ResponseHead =>
    isNamed ? { ...head, headers: withRequestId(head.headers, request.headers) } : head;
  // A 200 would open the tunnel that CONNECT asks for.
  if (request.method !== "CONNECT" && isGrpc(request.headers)) {
    stream.respond(named(grpcHead(failure, cause)));
    stream.end();
    return { status: 200, grpcStatus: String(answerTo(failure).grpc) };
  }
  const body = Buffer.from(`${failure.detail}\n`);
  const hasBody = request.method !== "HEAD";
  const { status } = answerTo(failure);
  stream.respond({ ...named(httpHead(failure, cause)), contentLength: body.length });
  if (hasBody) stream.write(body);
  stream.end();
  return { status, grpcStatus: "" };
}

function answerTo({ answer, code }: Failure): { readonly status: number; readonly grpc: number } {
  return answer ?? ANSWERS[code];
}

// What a codec says of something that is no request: without a body.
export function refusal(failure: Failure): ResponseHead {
  return { ...httpHead(failure, failure.code), contentLength: 0 };
}

function httpHead(failure: Failure, cause: string): ResponseHead {
  const { status } = answerTo(failure);
  const headers = ["content-type", "text/plain; charset=utf-8", "weft-cause", cause];
  // RFC 9110 §15.5.6. Nothing else of ours is particular about methods.
  if (status === METHOD_NOT_ALLOWED) headers.push("allow", "CONNECT");
  return { status, headers, contentLength: 0 };
}

// Trailers-only, https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
function grpcHead(failure: Failure, cause: string): ResponseHead {
  const { grpc } = answerTo(failure);
  return {
    status: 200,
    headers: [
      "content-type",
      "application/grpc",
      "grpc-status",
      String(grpc),
      "grpc-message",
      encodeURIComponent(failure.detail).replaceAll("%20", " "),
      "weft-cause",
      cause,
    ],
    contentLength: 0,
  };
}

export function isGrpc(headers: Headers): boolean {
  return findHeader(headers, "content-type")?.startsWith("application/grpc") ?? false;
}

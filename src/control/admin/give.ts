// What a question comes to, as a reply.

import type { FastifyReply } from "fastify";
import type { Answer } from "#api/answer.ts";
import { API_ERROR_STATUS, type ApiError } from "#api/api-error.ts";

export function give<Value>(reply: FastifyReply, answer: Answer<Value>): FastifyReply {
  return answer.kind === "ok" ? reply.send(answer.value) : giveError(reply, answer.error);
}

export function giveError(reply: FastifyReply, error: ApiError): FastifyReply {
  return reply.code(API_ERROR_STATUS[error.code]).send(error);
}

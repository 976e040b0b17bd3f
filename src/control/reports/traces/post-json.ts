// One POST of JSON, with a bound on its time and on what is read of the answer.

import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { LIMITS } from "#base/limits.ts";
import type { Posted } from "./span-exporter.ts";

const HTTP = new HttpAgent({ keepAlive: true, maxSockets: 1 });
const HTTPS = new HttpsAgent({ keepAlive: true, maxSockets: 1 });

export function postJson(url: string, body: string): Promise<Posted> {
  const isTls = url.startsWith("https:");
  const options = {
    method: "POST",
    agent: isTls ? HTTPS : HTTP,
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
  };
  return new Promise((resolve) => {
    const answered = (answer: IncomingMessage): void => {
      answer.resume();
      answer.on("error", () => {});
      resolve({ kind: "answered", status: answer.statusCode ?? 0, retryAfterMs: waitOf(answer) });
    };
    const asking = isTls
      ? requestHttps(url, options, answered)
      : requestHttp(url, options, answered);
    const late = setTimeout(() => asking.destroy(new Error("no answer")), LIMITS.spansAnswerMs);
    asking.on("close", () => clearTimeout(late));
    asking.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "failed", reason: error.code ?? error.message }),
    );
    asking.end(body);
  });
}

// Retry-After in seconds; dates are not read.
function waitOf({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

// The whole body of an answer: JSON where it is that, else text. Rejects where it breaks off or is
// too long.

import type { IncomingMessage } from "node:http";
import { LIMITS } from "#base/limits.ts";

export async function readBody(answer: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > LIMITS.apiAnswerBytesMax) {
      answer.destroy();
      throw new Error(`the answer has more than ${LIMITS.apiAnswerBytesMax} bytes`);
    }
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString();
  if (!(answer.headers["content-type"] ?? "").includes("json")) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

// Says yes to CONNECT: the codec goes on with HTTP/1 on the same connection.

import type { DownstreamStream } from "#proxy/exchange/exchange.ts";

export function connectAnswer(stream: DownstreamStream): void {
  stream.respond({ status: 200, headers: [], contentLength: 0 });
  stream.end();
}

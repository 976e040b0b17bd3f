// The server that a connection's ClientHello names (SNI, RFC 6066 section 3); "" where it says
// something else, or nothing in time.

import { readClientHello } from "#proxy/detection/client-hello.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { type SniffOpenTools, sniffOpen } from "./sniff-open.ts";

export function sniffServerName(
  stream: ByteStream,
  tools: SniffOpenTools,
  done: (serverName: string, replay: ByteStream) => void,
): void {
  let serverName = "";
  const decide = (bytes: Buffer): "read" | undefined => {
    const hello = readClientHello(bytes);
    if (hello === "more") return undefined;
    serverName = hello?.serverName ?? "";
    return "read";
  };
  sniffOpen(stream, tools, decide, (_, replay) => done(serverName, replay));
}

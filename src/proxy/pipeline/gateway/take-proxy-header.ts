// Reads the PROXY protocol's header off a socket that was just accepted, and leaves what follows it
// to whoever reads next.

import type { Socket } from "node:net";
import { Deadline } from "#base/deadlines.ts";
import { readProxyHeader } from "#proxy/detection/proxy-protocol.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";

export type ProxyHeaderEvents = {
  // Whom it names; undefined: nobody, so it is the peer itself.
  taken(source: Target | undefined): void;
  // Also where the peer goes away before its header is complete.
  refused(cause: "proxy-malformed" | "proxy-timeout"): void;
};

// The socket isn't reading, and has an "error" listener.
export function takeProxyHeader(
  socket: Socket,
  { deadlines, limits }: Pick<CodecTools, "deadlines" | "limits">,
  events: ProxyHeaderEvents,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const deadline = new Deadline(() => refuse("proxy-timeout"));
  const leave = (): void => {
    deadlines.clear(deadline);
    socket.off("data", read).off("end", ended).off("close", ended);
    socket.pause();
  };
  const refuse = (cause: "proxy-malformed" | "proxy-timeout"): void => {
    leave();
    events.refused(cause);
  };
  const ended = (): void => refuse("proxy-malformed");
  const read = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const header = readProxyHeader(bytes);
    if (header.kind === "more") return;
    if (header.kind === "refused") return ended();
    leave();
    if (bytes.length > header.bytes) socket.unshift(bytes.subarray(header.bytes));
    events.taken(header.source);
  };
  deadlines.set(deadline, limits.current.sniffTimeoutMs);
  socket.on("data", read).on("end", ended).on("close", ended);
  socket.resume();
}

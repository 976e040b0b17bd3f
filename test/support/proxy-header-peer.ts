// A load balancer that speaks the PROXY protocol before it passes a TLS connection on.

import { connect as connectPlain } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "node:tls";
import type { Target } from "#proxy/transport/byte-stream.ts";

export type BalancedRequest = {
  readonly header: Buffer;
  // So many of its bytes come in a read of their own; 0: all of it with what follows.
  readonly cut: number;
  readonly request: string;
  readonly servername: string;
  readonly ca: string;
};

// What is answered until the connection ends.
export async function throughProxyHeader(
  { address, port }: Target,
  { header, cut, request, servername, ca }: BalancedRequest,
): Promise<string> {
  const socket = connectPlain(port, address);
  if (cut > 0) {
    socket.write(header.subarray(0, cut));
    await wait(20);
  }
  // One segment with the ClientHello.
  socket.cork();
  socket.write(header.subarray(cut));
  const secure = connect({ socket, servername, ca });
  process.nextTick(() => socket.uncork());
  secure.end(request);
  let text = "";
  for await (const part of secure.setEncoding("latin1")) text += part;
  return text;
}

// A connection to the control plane without a certificate of our own: good for one question, the
// first certificate. We know whom we talk to; it believes us by the token.

import type { UpstreamConnection } from "#proxy/exchange/exchange.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import type { MeshDial } from "#proxy/tls/mesh-dial.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";

const NO_OWNER = { slotsChanged() {}, draining() {}, closed() {} };

export function joinConnection(
  dial: MeshDial,
  control: Target,
  controlIdentity: string,
  tools: CodecTools,
): Promise<UpstreamConnection> {
  return new Promise((resolve, reject) => {
    dial(control, [controlIdentity], 2 * tools.limits.current.connectTimeoutMs, {
      connected: (stream) => resolve(new Http2ClientConnection(stream, NO_OWNER, tools)),
      failed: ({ kind, detail }) => reject(new Error(`${kind}: ${detail}`)),
    });
  });
}

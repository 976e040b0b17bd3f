// Looks at the first bytes of a connection that is kept among the open ones meanwhile.

import { type SniffEvents, sniff } from "#proxy/detection/sniffing-stream.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { OpenConnections } from "./open-connections.ts";

export type SniffOpenTools = { readonly codecs: CodecTools; readonly open: OpenConnections };

export function sniffOpen<Verdict>(
  stream: ByteStream,
  { codecs, open }: SniffOpenTools,
  decide: (bytes: Buffer) => Verdict | undefined,
  done: SniffEvents<Verdict>["done"],
): void {
  open.add((closed) => {
    const { deadlines, limits } = codecs;
    sniff<Verdict>(stream, deadlines, limits.current.sniffTimeoutMs, {
      decide,
      done(verdict, replay) {
        closed();
        done(verdict, replay);
      },
      closed,
    });
    // Nothing was asked yet.
    return { drain: () => stream.destroy(), retire() {}, destroy: () => stream.destroy() };
  });
}

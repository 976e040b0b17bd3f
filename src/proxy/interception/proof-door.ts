// Where rules that are in force lead whoever dials the proof port: it says so, and closes. It
// listens on loopback only, and does nothing else.

import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { Listener, ListenOn } from "#proxy/transport/net-listen.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import type { RuleFamily } from "./rule-settings.ts";

export const PROOF_WORDS = "weft: redirected\n";

const LOOPBACK: Readonly<Record<RuleFamily, string>> = { IPv4: "127.0.0.1", IPv6: "::1" };
const IGNORE = { data() {}, ended() {}, drained() {}, closed() {} };

export type Listen = (on: ListenOn, accept: (stream: ByteStream) => void) => Promise<Listener>;

// Rejects with the system's error where it can't listen: the proxy of this pod does already.
export function openProofDoor(listen: Listen, family: RuleFamily): Promise<Listener> {
  const on = { address: LOOPBACK[family], port: POD_PORTS.proofDoor };
  return listen(on, (stream) => {
    stream.attach(IGNORE);
    stream.write(Buffer.from(PROOF_WORDS, "latin1"));
    stream.end();
  });
}

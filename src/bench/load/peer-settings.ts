// What the other side of a connection of HTTP/2 asks for (RFC 9113 §6.5), as far as a load cares.

import { SETTING } from "#proxy/http2/frame-types.ts";

// Undefined: it says nothing of that.
export type PeerSettings = {
  readonly tableBytes: number | undefined;
  readonly streamsMax: number | undefined;
  readonly windowBytes: number | undefined;
};

const PAIR_BYTES = 6;

export function peerSettings(bytes: Buffer, from: number, to: number): PeerSettings {
  let tableBytes: number | undefined;
  let streamsMax: number | undefined;
  let windowBytes: number | undefined;
  for (let at = from; at + PAIR_BYTES <= to; at += PAIR_BYTES) {
    const identifier = bytes.readUInt16BE(at);
    const value = bytes.readUInt32BE(at + 2);
    if (identifier === SETTING.headerTableSize) tableBytes = value;
    else if (identifier === SETTING.streamsMax) streamsMax = value;
    else if (identifier === SETTING.initialWindow) windowBytes = value;
  }
  return { tableBytes, streamsMax, windowBytes };
}

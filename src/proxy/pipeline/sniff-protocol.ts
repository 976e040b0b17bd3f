// What a connection speaks, by its first bytes.

import { type DetectedProtocol, detectProtocol } from "#proxy/detection/detect-protocol.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { type SniffOpenTools, sniffOpen } from "./sniff-open.ts";

export type Spoken = {
  speak(protocol: "http1" | "http2", replay: ByteStream): void;
  carry(replay: ByteStream): void; // something else, or nothing in time
};

// `isHttp`: a document says so; then nobody but the asker speaks first.
export function sniffProtocol(
  stream: ByteStream,
  tools: SniffOpenTools,
  isHttp: boolean,
  spoken: Spoken,
): void {
  let isSilent = true;
  const decide = (bytes: Buffer): DetectedProtocol | undefined => {
    isSilent = false;
    const detected = detectProtocol(bytes);
    return detected === "undecided" ? undefined : detected;
  };
  sniffOpen(stream, tools, decide, (verdict, replay) => {
    if (verdict === "http1" || verdict === "http2") spoken.speak(verdict, replay);
    else if (isHttp && verdict === "timeout") spoken.speak("http1", replay);
    // It has left without asking for anything: a check whether somebody listens, most likely.
    else if (isSilent && verdict === "other") replay.destroy();
    else spoken.carry(replay);
  });
}

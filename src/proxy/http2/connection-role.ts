// What a connection leaves to its end: whether it asks or is asked.

import type { ConnectionLimits } from "./connection-limits.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";

export type ConnectionRole = {
  // The end that accepted: it waits for the preface and is asked.
  readonly isServer: boolean;
  readonly limits: ConnectionLimits;
  // A head for a stream that never was before; never at the end that dialled.
  opened(id: number, block: HpackDecoder, endsStream: boolean): void;
  // All frames that came together have been looked at.
  readEnded(): void;
  goingAway(lastId: number, code: number): void;
  pingAnswered(): void;
  // Streams have closed or settings have changed; told once for all that happened together.
  settled(): void;
  // Exactly once.
  closed(): void;
};

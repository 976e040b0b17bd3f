// A connection as the codecs see it: bytes in, bytes out, whoever carries them.

export type ByteStream = {
  // "127.64.0.3:41512"; for logs.
  readonly remote: string;
  // Sets who receives the events; bytes that came before are kept for it.
  attach(events: ByteStreamEvents): void;
  // One system call (or TLS record) each: collect what belongs together, see Outgoing. The stream
  // may keep `bytes` until `isTaken`. False: stop until `drained`.
  write(bytes: Uint8Array): boolean;
  // The bytes of the last `write` may be changed again, and so may all before them.
  readonly isTaken: boolean;
  // One write is under way, as is usual here: better collect what comes next until `drained`.
  readonly isBusy: boolean;
  // Everything given to `write` has left for the kernel.
  readonly isWritten: boolean;
  // Sends the rest, then closes our direction.
  end(): void;
  // Closes both directions at once. `closed` still follows.
  destroy(): void;
  // As `destroy`, and the peer can't take it for an orderly end: TCP's RST. TLS has no such thing,
  // there it is `destroy`. What was written and hasn't arrived may be lost.
  reset(): void;
  pause(): void;
  resume(): void;
};

export type ByteStreamEvents = {
  // `bytes` is valid only during the call.
  data(bytes: Uint8Array): void;
  // The peer has closed its direction; ours stays open.
  ended(): void;
  drained(): void;
  // Exactly once, last. The code of the system error, "" for an orderly end.
  closed(code: string): void;
};

// What dialling yields: exactly one of the two, later, never from inside the call.
export type DialEvents = {
  connected(stream: ByteStream): void;
  failed(failure: DialFailure): void;
};

export type DialFailure = {
  readonly kind: "refused" | "timeout" | "untrusted";
  readonly detail: string;
};

export type Dialing = { cancel(): void };

export type Dial = (target: Target, timeoutMs: number, events: DialEvents) => Dialing;

export type Target = { readonly address: string; readonly port: number };

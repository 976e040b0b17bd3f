// What a route changes or answers, bound: made by bind-shape.ts and bind-reply.ts, read for each
// request that it concerns. Texts are as heads have them, one character a byte.

import type { Pattern } from "#base/pattern.ts";
import type { BoundString } from "./bound-outbound.ts";

export type BoundShape = {
  readonly request: BoundEdits | undefined;
  readonly response: BoundEdits | undefined;
  readonly authority: string | undefined;
  readonly path: BoundPathEdit | undefined;
  readonly cors: BoundCors | undefined;
};

export type BoundEdits = {
  readonly removed: readonly string[]; // among them what is set
  readonly added: readonly string[]; // flat, at the end
};

export type BoundPathEdit =
  | { readonly kind: "full"; readonly value: string; readonly hasQuery: boolean }
  | { readonly kind: "prefix"; readonly prefixLength: number; readonly value: string }
  | {
      readonly kind: "regex";
      readonly pattern: Pattern | undefined; // undefined: not to be read, so it fits nowhere
      readonly pieces: readonly (string | number)[];
    };

export type BoundCors = {
  readonly origins: readonly BoundString[];
  readonly methods: string; // joined; "" for none
  readonly headers: string;
  readonly exposed: string;
  readonly maxAge: string;
  readonly credentials: boolean;
  readonly answersUnmatched: boolean;
};

export type BoundReply = BoundRedirect | BoundDirect | BoundPreflight;

export type BoundRedirect = {
  readonly kind: "redirect";
  readonly status: number;
  readonly scheme: "http" | "https" | undefined;
  readonly authority: string | undefined;
  readonly port: number | "request" | "scheme" | "authority";
  readonly path: BoundPathEdit | undefined;
  readonly shape: BoundShape | undefined; // of the answer
};

export type BoundDirect = {
  readonly kind: "direct";
  readonly status: number;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly shape: BoundShape | undefined;
};

export type BoundPreflight = {
  readonly kind: "preflight";
  readonly status: 200;
  readonly cors: BoundCors;
};

// Live requests, as proxies tell them while somebody watches: what to look for, and what was seen.

// One who watches, to the proxies that are watched. A new list replaces the one before.
export type TapWatch = {
  readonly id: number;
  readonly filter: TapFilter;
  readonly perSecondMax: number; // requests that this proxy tells
  // Absent: no bodies.
  readonly bodies?: {
    readonly bytesMax: number; // of each direction of an exchange
    readonly bytesPerSecond: number; // that this proxy keeps
  };
};

// A request must pass all that is there.
export type TapFilter = {
  readonly direction?: TapDirection;
  readonly methods?: readonly string[];
  readonly scheme?: string;
  readonly authority?: string; // lower case, with or without its port
  readonly pathPrefix?: string;
  // Names in lower case; null: it is there, whatever it says.
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
  readonly from?: TapParty;
  readonly to?: TapParty;
  // Of the answer: told only when the request is over.
  readonly statusFrom?: number;
  readonly statusTo?: number;
  readonly latencyMinMs?: number;
};

export type TapDirection = "in" | "out";

// Fields that are absent fit everybody.
export type TapParty = {
  readonly namespace?: string;
  readonly workload?: string;
  readonly service?: string;
};

// Told in the order in which they happen. `stream` tells the requests of one proxy apart.
export type TapEvent = TapRequest | TapAnswer | TapEnd;

export type TapRequest = {
  readonly phase: "request";
  readonly watches: readonly number[];
  readonly stream: number;
  readonly atMs: number; // wall clock
  readonly direction: TapDirection;
  readonly source: TapPeer;
  readonly destination: TapPeer;
  readonly service: string; // "reviews.bookshop:9080"; "" where it is none
  readonly route: string; // "HTTPRoute bookshop/reviews 0"; "" where none decided here
  readonly isMutualTls: boolean;
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

export type TapPeer = {
  readonly address: string; // "" where unknown
  readonly namespace: string;
  readonly workload: string;
  readonly identity: string;
};

export type TapAnswer = {
  readonly phase: "answer";
  readonly watches: readonly number[];
  readonly stream: number;
  readonly status: number;
  readonly latencyMs: number; // since the request's head
  readonly headers: readonly (readonly [name: string, value: string])[];
};

export type TapEnd = {
  readonly phase: "end";
  readonly watches: readonly number[];
  readonly stream: number;
  readonly durationMs: number;
  readonly status: number; // 0 for none
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly grpcStatus: string;
  readonly cause: string; // "" where the application answered
  readonly bodies?: TapBodies; // only to watches that want them
};

export type TapBodies = { readonly request: TapBody; readonly response: TapBody };

// As it passed, compressed if it was, but for secrets that could be found.
export type TapBody = {
  readonly size: number; // bytes that passed
  readonly type: string; // content-type; "" for none
  readonly encoding: string; // content-encoding
  readonly text?: string; // where it is UTF-8
  readonly base64?: string; // where it isn't
  readonly truncated: boolean; // more passed than is told
  readonly unfinished?: true; // it broke off, or nobody waited for its end
  readonly withheld?: TapWithheld; // why it isn't told, or what follows the text isn't
};

// "forbidden": no document allows bodies of its type. "encoded": it is compressed, so that its
// secrets can't be found; "unreadable": it isn't what it is said to be, and neither can they.
// "busy": too many are kept at once, or too many bytes a second. "upgrade": it is a conversation.
// "unsent": its request went nowhere.
export type TapWithheld = "forbidden" | "encoded" | "unreadable" | "busy" | "upgrade" | "unsent";

// The heads of a request and of its answer, whatever the protocol on either side.
//
// Headers lie flat, name then value, names in lower case. They never contain what belongs to one
// hop: no host, no framing (content-length, transfer-encoding), no connection or what it names,
// no keep-alive, te (but `te: trailers`), upgrade. Codecs take those out and write their own.

export type Headers = readonly string[];

export type RequestHead = {
  readonly method: string;
  readonly scheme: "http" | "https";
  // Host or :authority; "" where an HTTP/1.0 request has none.
  readonly authority: string;
  // Origin form with query, or "*"; "" for CONNECT.
  readonly path: string;
  readonly headers: Headers;
  // Bytes of the body: 0 for none, -1 where only its end will tell.
  readonly contentLength: number;
};

export type ResponseHead = {
  readonly status: number;
  readonly headers: Headers;
  // As above. For HEAD and 304 it is what the header says, and no body follows.
  readonly contentLength: number;
};

export const LENGTH_UNKNOWN = -1;

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
  // Asks for a tunnel that speaks this protocol, "websocket": HTTP/1's Upgrade (RFC 9110 §7.8),
  // HTTP/2's extended CONNECT (RFC 8441). Without it, and with method CONNECT: a plain tunnel.
  readonly upgrade?: string;
  // Of a plain tunnel whose bytes begin with a ClientHello that was read: the server that it names.
  readonly serverName?: string;
};

export type ResponseHead = {
  // To an upgrade 101, to CONNECT 200: the tunnel is open. Anything else is an ordinary answer.
  readonly status: number;
  readonly headers: Headers;
  // As above. For HEAD and 304 it is what the header says, and no body follows.
  readonly contentLength: number;
};

export const LENGTH_UNKNOWN = -1;

// What of a request decides whether it is about a tunnel.
export type Asked = Pick<RequestHead, "method" | "upgrade">;

export function asksForTunnel({ method, upgrade }: Asked): boolean {
  return upgrade !== undefined || method === "CONNECT";
}

export function opensTunnel(request: Asked, { status }: Pick<ResponseHead, "status">): boolean {
  if (request.upgrade !== undefined) return status === 101;
  return request.method === "CONNECT" && status >= 200 && status < 300;
}

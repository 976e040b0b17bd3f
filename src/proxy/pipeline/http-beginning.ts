// Which HTTP a connection begins with, where nothing else is spoken.

// "PRI * HTTP/2.0" is told from PUT, POST and PATCH by its third character.
const TELLING_BYTES = 3;
const P = 0x50;
const LF = 0x0a;

// What says that it is another protocol is "foreign"; all else that is wrong the HTTP/1 codec
// refuses.
export function httpBeginning(bytes: Buffer): "http1" | "http2" | "foreign" | undefined {
  if (bytes[0] === P && bytes.length < TELLING_BYTES) return undefined;
  if (bytes.toString("latin1", 0, TELLING_BYTES) === "PRI") return "http2";
  return namesOtherProtocol(bytes) ? "foreign" : "http1";
}

// A line in the form of a request line whose last part is no version of HTTP.
function namesOtherProtocol(bytes: Buffer): boolean {
  const end = bytes.indexOf(LF);
  if (end < 0) return false;
  const parts = bytes.toString("latin1", 0, end).trimEnd().split(" ");
  return parts.length >= 3 && !parts.at(-1)!.startsWith("HTTP/");
}

// Hot path.
//
// The PROXY protocol: what a load balancer before us says of the connection that it passes on, in
// front of everything else (haproxy.org, proxy-protocol.txt, versions 1 and 2). Pure, and total:
// ask again with more bytes, from the first one on.
//
//   1: PROXY TCP4 192.0.2.7 198.51.100.1 51234 443 CRLF
//   2: signature(12), version and command(1), family(1), length(2), addresses, TLVs

import { LIMITS } from "#base/limits.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import { ipBytes } from "./ip-bytes.ts";
import { ipText } from "./ip-text.ts";

export type ProxyHeader =
  | { readonly kind: "more" }
  | { readonly kind: "refused"; readonly reason: string }
  | {
      readonly kind: "header";
      readonly bytes: number; // of the header: what follows is the connection
      // Undefined where it names none: a health check of its own, UNKNOWN, a UNIX socket.
      readonly source: Target | undefined;
      readonly destination: Target | undefined;
    };

export const PROXY_SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

const TEXT_SIGNATURE = Buffer.from("PROXY ", "latin1");
const TEXT_BYTES_MAX = 107;
const HEAD_BYTES = 16;
const TLV_HEAD_BYTES = 3;
const CR = 0x0d;
const LF = 0x0a;
const LOCAL = 0x20;
const PROXY = 0x21;
const UNSPECIFIED = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX = 0x31;
const UNIX_BYTES = 216;

const MORE: ProxyHeader = { kind: "more" };

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAs(bytes, PROXY_SIGNATURE)) return readBinary(bytes);
  if (startsAs(bytes, TEXT_SIGNATURE)) return readText(bytes);
  return refused("it does not begin with a PROXY protocol header");
}

// What there is of it.
function startsAs(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}

function refused(reason: string): ProxyHeader {
  return { kind: "refused", reason };
}

function header(bytes: number, source?: Target, destination?: Target): ProxyHeader {
  return { kind: "header", bytes, source, destination };
}

// ---- version 2 ----------------------------------------------------------------------------------

function readBinary(bytes: Buffer): ProxyHeader {
  if (bytes.length < HEAD_BYTES) return MORE;
  const command = bytes[12]!;
  if (command !== LOCAL && command !== PROXY) return refused("version or command is unknown");
  const length = bytes.readUInt16BE(14);
  const end = HEAD_BYTES + length;
  if (end > LIMITS.proxyHeaderBytesMax) return refused("the header is too long");
  if (bytes.length < end) return MORE;
  // The balancer's own connection: the rest has no meaning.
  return command === LOCAL ? header(end) : readAddresses(bytes, end);
}

function readAddresses(bytes: Buffer, end: number): ProxyHeader {
  const family = bytes[13]!;
  // What follows can't be told apart.
  if (family === UNSPECIFIED) return header(end);
  const ipLength = family === TCP4 ? 4 : 16;
  const addressBytes = family === UNIX ? UNIX_BYTES : 2 * ipLength + 4;
  if (family !== TCP4 && family !== TCP6 && family !== UNIX) {
    return refused("the address family is no stream that is known");
  }
  if (HEAD_BYTES + addressBytes > end) return refused("the addresses are cut short");
  if (!hasWholeValues(bytes, HEAD_BYTES + addressBytes, end)) return refused("a TLV is cut short");
  if (family === UNIX) return header(end);
  const ports = HEAD_BYTES + 2 * ipLength;
  const at = (index: number): Target => ({
    address: ipText(
      bytes.subarray(HEAD_BYTES + index * ipLength, HEAD_BYTES + (index + 1) * ipLength),
    ),
    port: bytes.readUInt16BE(ports + 2 * index),
  });
  return header(end, at(0), at(1));
}

// Nothing is made of them. But lengths that don't add up mean that the header is not what it seems.
function hasWholeValues(bytes: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at + TLV_HEAD_BYTES <= end) at += TLV_HEAD_BYTES + bytes.readUInt16BE(at + 1);
  return at === end;
}

// ---- version 1 ----------------------------------------------------------------------------------

function readText(bytes: Buffer): ProxyHeader {
  const most = Math.min(bytes.length, TEXT_BYTES_MAX);
  for (let at = 0; at < most; at++) {
    const byte = bytes[at]!;
    if (byte === LF && bytes[at - 1] === CR)
      return readLine(bytes.toString("latin1", 0, at - 1), at + 1);
    const isLast = byte === CR && (at + 1 === most || bytes[at + 1] === LF);
    if ((byte < 0x20 && !isLast) || byte > 0x7e) return refused("the line has a stray byte");
  }
  return bytes.length < TEXT_BYTES_MAX ? MORE : refused("the line is too long");
}

function readLine(line: string, bytes: number): ProxyHeader {
  const [, protocol = "", source = "", destination = "", ...ports] = line.split(" ");
  // Whatever follows it has to be ignored.
  if (protocol === "UNKNOWN") return header(bytes);
  const length = protocol === "TCP4" ? 4 : protocol === "TCP6" ? 16 : 0;
  if (length === 0) return refused("the protocol is unknown");
  const from = targetOf(source, ports[0] ?? "", length);
  const to = targetOf(destination, ports[1] ?? "", length);
  if (!from || !to || ports.length !== 2) return refused("the addresses are malformed");
  return header(bytes, from, to);
}

function targetOf(text: string, digits: string, length: number): Target | undefined {
  const ip = ipBytes(text);
  const port = Number(digits);
  const isPort = /^(0|[1-9]\d{0,4})$/.test(digits) && port <= 65_535;
  return ip?.length === length && isPort ? { address: ipText(ip), port } : undefined;
}

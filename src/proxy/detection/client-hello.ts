// Hot path.
//
// What a TLS ClientHello says in the clear: for which name it is, and what shall be spoken inside.
// Pure, and total: whatever the bytes are, it is a hello, wants more, or is none.
//
//   record:    22, 3, x, length(2), fragment          RFC 8446 §5.1; a hello may span several
//   handshake: 1, length(3), body                     §4
//   body:      version(2), random(32), session<1>, suites<2>, compressions<1>, extensions<2>

import { LIMITS } from "#base/limits.ts";
import { FieldCursor } from "./field-cursor.ts";

export type ClientHello = {
  readonly serverName: string; // lower case; "" where it names none
  readonly alpn: readonly string[]; // one character a byte; without GREASE
};

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const TLS_MAJOR = 3;
const RECORD_HEAD_BYTES = 5;
const HANDSHAKE_HEAD_BYTES = 4;
const RECORD_BYTES_MAX = 16_384;
const RANDOM_BYTES = 32;
const SESSION_BYTES_MAX = 32;
const SERVER_NAME = 0;
const ALPN = 16;
const HOST_NAME = 0;

// Undefined: malformed, or longer than anybody needs.
export function readClientHello(bytes: Buffer): ClientHello | "more" | undefined {
  const message = gatherHandshake(bytes);
  if (message === "more") {
    return bytes.length < LIMITS.clientHelloBytesMax ? "more" : undefined;
  }
  return message && readBody(new FieldCursor(message, HANDSHAKE_HEAD_BYTES, message.length));
}

// The first handshake message, without the heads of the records that it lies in.
function gatherHandshake(bytes: Buffer): Buffer | "more" | undefined {
  const most = Math.min(bytes.length, LIMITS.clientHelloBytesMax);
  const fragments: Buffer[] = [];
  const head = { read: 0, wanted: HANDSHAKE_HEAD_BYTES };
  let gathered = 0;
  for (let at = 0; at + RECORD_HEAD_BYTES <= most; ) {
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== TLS_MAJOR) return undefined;
    const length = bytes.readUInt16BE(at + 3);
    const isOne = length > 0 && length <= RECORD_BYTES_MAX;
    if (!isOne || fragments.length === LIMITS.clientHelloRecordsMax) return undefined;
    const start = at + RECORD_HEAD_BYTES;
    at = start + length;
    const fragment = bytes.subarray(start, Math.min(at, most));
    fragments.push(fragment);
    gathered += fragment.length;
    if (!readHandshakeHead(head, fragment)) return undefined;
    if (head.read < HANDSHAKE_HEAD_BYTES || gathered < head.wanted) continue;
    const message = fragments.length === 1 ? fragment : Buffer.concat(fragments);
    return message.subarray(0, head.wanted);
  }
  return "more";
}

// Which may be cut between records, too. `wanted`: the whole message, its head included.
function readHandshakeHead(head: { read: number; wanted: number }, fragment: Buffer): boolean {
  for (let i = 0; i < fragment.length && head.read < HANDSHAKE_HEAD_BYTES; i++, head.read++) {
    const byte = fragment[i]!;
    if (head.read === 0 && byte !== CLIENT_HELLO) return false;
    if (head.read > 0) head.wanted += byte << (8 * (HANDSHAKE_HEAD_BYTES - 1 - head.read));
  }
  return head.wanted <= LIMITS.clientHelloBytesMax;
}

function readBody(body: FieldCursor): ClientHello | undefined {
  const major = body.uint8();
  body.skip(1 + RANDOM_BYTES);
  const session = body.vector(1);
  const suites = body.vector(2);
  const compressions = body.vector(1);
  if (!body.isSound || major !== TLS_MAJOR) return undefined;
  if (session.left > SESSION_BYTES_MAX || compressions.left === 0) return undefined;
  if (suites.left < 2 || suites.left % 2 !== 0) return undefined;
  // Before TLS 1.2 there may be no extensions at all.
  if (body.left === 0) return { serverName: "", alpn: [] };
  const extensions = body.vector(2);
  return body.isAtEnd ? readExtensions(extensions) : undefined;
}

// Unknown ones, GREASE (RFC 8701) among them, are passed over.
function readExtensions(extensions: FieldCursor): ClientHello | undefined {
  let serverName: string | undefined;
  let alpn: readonly string[] | undefined;
  while (extensions.left > 0) {
    const type = extensions.uint16();
    const value = extensions.vector(2);
    if (!extensions.isSound) return undefined;
    // RFC 8446 §4.2: none occurs twice. Two readers might take one each.
    if (type === SERVER_NAME) {
      if (serverName !== undefined) return undefined;
      serverName = readServerName(value);
      if (serverName === undefined) return undefined;
    } else if (type === ALPN) {
      if (alpn !== undefined) return undefined;
      alpn = readAlpn(value);
      if (alpn === undefined) return undefined;
    }
  }
  return { serverName: serverName ?? "", alpn: alpn ?? [] };
}

// RFC 6066 §3. One name: nobody has ever defined another kind, or a use for two.
function readServerName(value: FieldCursor): string | undefined {
  const list = value.vector(2);
  const type = list.uint8();
  const name = list.vector(2);
  if (!value.isAtEnd || !list.isAtEnd || type !== HOST_NAME) return undefined;
  if (name.left === 0 || name.left > LIMITS.serverNameBytesMax) return undefined;
  for (let at = name.at; at < name.end; at++) if (!isNameByte(name.bytes[at]!)) return undefined;
  return name.text().toLowerCase();
}

// RFC 7301 §3.1.
function readAlpn(value: FieldCursor): readonly string[] | undefined {
  const list = value.vector(2);
  if (!value.isAtEnd || list.left === 0) return undefined;
  const names: string[] = [];
  while (list.left > 0) {
    const name = list.vector(1);
    if (!list.isSound || name.left === 0 || names.length === LIMITS.alpnNamesMax) return undefined;
    if (!isGrease(name)) names.push(name.text());
  }
  return names;
}

// RFC 8701 §2: 0A 0A, 1A 1A, ... FA FA.
function isGrease({ bytes, at, left }: FieldCursor): boolean {
  return left === 2 && bytes[at] === bytes[at + 1] && (bytes[at]! & 0x0f) === 0x0a;
}

// What stands in host names, and the underscore, which stands in some.
function isNameByte(byte: number): boolean {
  const lower = byte | 0x20;
  const isLetter = lower >= 0x61 && lower <= 0x7a;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isLetter || isDigit || byte === 0x2d || byte === 0x2e || byte === 0x5f;
}

// What connections say first, nearly right: PROXY headers and ClientHellos. There is an answer to
// everything, it doesn't change when more comes, and it is never about more than there is.

import assert from "node:assert/strict";
import type { Dice } from "#base/dice.fuzz.ts";
import { LIMITS } from "#base/limits.ts";
import { readClientHello } from "./client-hello.ts";
import { PROXY_SIGNATURE, readProxyHeader } from "./proxy-protocol.ts";

const ADDRESSES = ["192.0.2.7", "::1", "2001:db8::7", "256.1.1.1", "1.2.3", "::ffff:1.2.3.4", "a"];
const PORTS = ["0", "80", "65535", "65536", "-1", "080", ""];
const TEXT_WORDS = ["\r\n", "\r", "\n", " ", "\0", "TCP6", "UNKNOWN", "PROXY ", ":", "."];
const BYTE_WORDS = ["\0", "\0\0", "\xff", "\xff\xff", "\x01", "\x10", "\x16\x03\x01\0\x01"];

export function fuzzProxyHeaders(dice: Dice): void {
  const bytes = dice.chance(0.5) ? textHeader(dice) : binaryHeader(dice);
  const found = settled(bytes, readProxyHeader, ({ kind }) => kind === "more");
  if (found?.kind === "header") assert.ok(found.bytes <= bytes.length);
}

export function fuzzClientHellos(dice: Dice): void {
  const bytes = dice.spoil(clientHello(dice), BYTE_WORDS);
  const found = settled(bytes, readClientHello, (read) => read === "more");
  if (typeof found === "object") assert.ok(found.alpn.length <= LIMITS.alpnNamesMax);
}

// What a reader says of the whole, and of every beginning once it is sure.
function settled<Read>(
  bytes: Buffer,
  read: (bytes: Buffer) => Read,
  isUnsure: (read: Read) => boolean,
): Read | undefined {
  let sure: Read | undefined;
  let isSure = false;
  for (let length = 1; length <= bytes.length; length++) {
    const said = read(bytes.subarray(0, length));
    if (isSure) assert.deepEqual(said, sure, `after ${length} bytes of ${bytes.toString("hex")}`);
    isSure ||= !isUnsure(said);
    if (isSure) sure = said;
  }
  return sure;
}

function textHeader(dice: Dice): Buffer {
  const ends = [dice.oneOf(ADDRESSES), dice.oneOf(ADDRESSES), dice.oneOf(PORTS), dice.oneOf(PORTS)];
  const family = dice.oneOf(["TCP4", "TCP6", "UNKNOWN"]);
  const line = Buffer.from(`PROXY ${family} ${ends.join(" ")}\r\nGET / HTTP/1.1\r\n`, "latin1");
  return dice.spoil(line, TEXT_WORDS);
}

function binaryHeader(dice: Dice): Buffer {
  const tlv = () => Buffer.concat([Buffer.from([dice.below(6)]), vector(2, dice.bytes(5))]);
  const addresses = Buffer.alloc(dice.oneOf([12, 36, 216, 0]), dice.below(256));
  const body = Buffer.concat([addresses, ...dice.some(3, tlv)]);
  const kind = [dice.oneOf([0x20, 0x21, 0x21, 0x22]), dice.oneOf([0x11, 0x21, 0x31, 0, 0x12])];
  const header = Buffer.concat([PROXY_SIGNATURE, Buffer.from(kind), vector(2, body)]);
  return dice.spoil(Buffer.concat([header, dice.bytes(4)]), BYTE_WORDS);
}

function clientHello(dice: Dice): Buffer {
  const name = Buffer.concat([Buffer.alloc(1), vector(2, dice.bytes(12))]);
  const protocols = dice.some(4, () => vector(1, dice.bytes(8)));
  const known = [
    extension(0, vector(2, name)),
    extension(16, vector(2, Buffer.concat(protocols))),
    extension(dice.below(60), dice.bytes(10)),
  ];
  const extensions = dice.some(4, () => dice.oneOf(known));
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(dice.oneOf([0, 32]))),
    vector(2, Buffer.from([0x13, 1])),
    vector(1, Buffer.alloc(1)),
    vector(2, Buffer.concat(extensions)),
  ]);
  const message = Buffer.concat([Buffer.from([1]), vector(3, body)]);
  const at = dice.below(message.length);
  const fragments = dice.chance(0.5) ? [message] : [message.subarray(0, at), message.subarray(at)];
  return Buffer.concat(fragments.map((part) => Buffer.concat([RECORD, vector(2, part)])));
}

const RECORD = Buffer.from([22, 3, 1]);

function extension(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, type]), vector(2, value)]);
}

function vector(lengthBytes: number, value: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(value.length, 0, lengthBytes);
  return Buffer.concat([length, value]);
}

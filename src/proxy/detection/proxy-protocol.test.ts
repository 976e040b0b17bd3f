import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import { encodeProxyHeader } from "./encode-proxy-header.ts";
import { PROXY_SIGNATURE, readProxyHeader } from "./proxy-protocol.ts";

const FROM = { address: "192.0.2.7", port: 51_234 };
const TO = { address: "198.51.100.1", port: 443 };
const IP4 = Buffer.from([192, 0, 2, 7, 198, 51, 100, 1, 0xc8, 0x22, 0x01, 0xbb]);

test("a line of version 1 names both ends, however it is cut", () => {
  const line = text("PROXY TCP4 192.0.2.7 198.51.100.1 51234 443");
  whenWhole(line, { source: FROM, destination: TO });
  const wide = text("PROXY TCP6 2001:DB8:0::0:1 ::ffff:198.51.100.1 51234 443");
  whenWhole(wide, { source: { address: "2001:db8::1", port: 51_234 }, destination: TO });
});

test("a line of version 1 may name nobody", () => {
  whenWhole(text("PROXY UNKNOWN"), NOBODY);
  whenWhole(text("PROXY UNKNOWN ffff::1 what ever 0 1"), NOBODY);
});

test("a line of version 1 may be 107 bytes long, and no longer", () => {
  const line = (bytes: number) => text(`PROXY UNKNOWN ${"x".repeat(bytes - 16)}`);
  whenWhole(line(107), NOBODY);
  assert.equal(readProxyHeader(line(108)).kind, "refused");
  assert.equal(readProxyHeader(line(108).subarray(0, 106)).kind, "more");
  assert.equal(readProxyHeader(line(108).subarray(0, 107)).kind, "refused");
});

const MALFORMED_LINES = [
  "PROXY TCP4 192.0.2.7 198.51.100.1 51234",
  "PROXY TCP4 192.0.2.7 198.51.100.1 51234 443 ",
  "PROXY TCP4 192.0.2.7  198.51.100.1 51234 443",
  "PROXY TCP4 192.0.2.07 198.51.100.1 51234 443",
  "PROXY TCP4 192.0.2.7 198.51.100.1 051234 443",
  "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443",
  "PROXY TCP4 192.0.2.7 198.51.100.1 -1 443",
  "PROXY TCP4 ::1 ::1 51234 443",
  "PROXY TCP6 192.0.2.7 198.51.100.1 51234 443",
  "PROXY TCP6 fe80::1%eth0 fe80::2 51234 443",
  "PROXY UDP4 192.0.2.7 198.51.100.1 51234 443",
  "PROXY tcp4 192.0.2.7 198.51.100.1 51234 443",
  "PROXY  TCP4 192.0.2.7 198.51.100.1 51234 443",
  "PROXY ",
  "PROXY TCP4 192.0.2.7\t198.51.100.1 51234 443",
  "PROXY UNKNOWN \0",
  "PROXY UNKNOWN \r",
  "PROXY UNKNOWN \n",
  "PROXY UNKNOWN \xff",
];

for (const line of MALFORMED_LINES) {
  test(`${JSON.stringify(line)} is refused`, () => {
    assert.equal(readProxyHeader(text(line)).kind, "refused");
  });
}

test("what begins in another way is refused at the first byte that differs", () => {
  for (const other of ["GET / HTTP/1.1", "PRO\0", "proxy TCP4", "\r\n\r\n\0\r\nQUIX", "\x16\x03"]) {
    assert.equal(readProxyHeader(Buffer.from(other, "latin1")).kind, "refused");
  }
  assert.equal(readProxyHeader(Buffer.alloc(0)).kind, "more");
});

test("a header of version 2 names both ends, however it is cut", () => {
  whenWhole(binary(0x21, 0x11, IP4), { source: FROM, destination: TO });
  whenWhole(encodeProxyHeader(FROM, TO), { source: FROM, destination: TO });
  const wide = { address: "2001:db8::ff:0:0:1", port: 1 };
  whenWhole(encodeProxyHeader(wide, wide), { source: wide, destination: wide });
  // IPv4 inside IPv6 is the same address.
  whenWhole(encodeProxyHeader(wide, TO), { source: wide, destination: TO });
});

test("addresses are written in one form", () => {
  for (const address of ["::", "::1", "1::", "1:0:0:2::3", "0:1:2:3:4:5:6:7", "a:b:c:d:e:f:0:1"]) {
    const end = { address, port: 9 };
    const read = readProxyHeader(encodeProxyHeader(end, end));
    assert.ok(read.kind === "header");
    assert.equal(read.source?.address, address);
  }
});

test("a header of version 2 may name nobody", () => {
  // LOCAL, whatever it carries.
  whenWhole(binary(0x20, 0x00, Buffer.alloc(0)), NOBODY);
  whenWhole(binary(0x20, 0xff, Buffer.from("junk")), NOBODY);
  whenWhole(encodeProxyHeader({ address: "/run/app", port: 0 }, TO), NOBODY);
  // Unspecified, and UNIX.
  whenWhole(binary(0x21, 0x00, Buffer.from("junk")), NOBODY);
  whenWhole(binary(0x21, 0x31, Buffer.alloc(216)), NOBODY);
});

test("TLVs are passed over, if their lengths add up", () => {
  const tlv = Buffer.from([0x05, 0, 3, 1, 2, 3, 0x04, 0, 0]);
  whenWhole(binary(0x21, 0x11, Buffer.concat([IP4, tlv])), { source: FROM, destination: TO });
  const wrong = [[5], [5, 0], [5, 0, 1], [5, 0, 2, 1], [5, 0xff, 0xff], [5, 0, 1, 1, 4]];
  for (const bytes of wrong) {
    const header = binary(0x21, 0x11, Buffer.concat([IP4, Buffer.from(bytes)]));
    assert.deepEqual(readProxyHeader(header), { kind: "refused", reason: "a TLV is cut short" });
  }
});

test("a header of version 2 that can't be true is refused", () => {
  const wrong: readonly (readonly [number, number, Buffer])[] = [
    [0x11, 0x11, IP4],
    [0x22, 0x11, IP4],
    [0x21, 0x41, IP4],
    [0x21, 0x13, IP4],
    [0x21, 0x12, IP4],
    [0x21, 0x10, IP4],
    [0x21, 0x32, Buffer.alloc(216)],
    [0x21, 0x11, IP4.subarray(1)],
    [0x21, 0x21, Buffer.alloc(35)],
    [0x21, 0x31, Buffer.alloc(215)],
    [0x21, 0x11, Buffer.alloc(LIMITS.proxyHeaderBytesMax - 15)],
  ];
  for (const [command, family, body] of wrong) {
    assert.equal(readProxyHeader(binary(command, family, body)).kind, "refused");
  }
  // As soon as the length is known, not when all of it has come.
  assert.equal(
    readProxyHeader(binary(0x21, 0x11, Buffer.alloc(5000)).subarray(0, 16)).kind,
    "refused",
  );
});

test("whatever the bytes are, there is an answer, and never one longer than they are", () => {
  const random = seededRandom(5);
  const wholes = [text("PROXY TCP6 ::1 ::2 1 2"), binary(0x21, 0x11, Buffer.alloc(40))];
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.from(wholes[i % 2]!);
    for (let n = 0; n < 1 + (i % 3); n++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const read = readProxyHeader(bytes.subarray(0, Math.ceil(random() * bytes.length)));
    assert.ok(read.kind !== "header" || read.bytes <= bytes.length);
  }
});

const NOBODY = { source: undefined, destination: undefined };

function whenWhole(bytes: Buffer, ends: object): void {
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(readProxyHeader(bytes.subarray(0, length)).kind, "more", `after ${length} bytes`);
  }
  const wanted = { kind: "header", bytes: bytes.length, ...ends };
  assert.deepEqual(readProxyHeader(bytes), wanted);
  assert.deepEqual(readProxyHeader(Buffer.concat([bytes, Buffer.from("GET /")])), wanted);
}

function text(line: string): Buffer {
  return Buffer.from(`${line}\r\n`, "latin1");
}

function binary(command: number, family: number, body: Buffer): Buffer {
  const head = Buffer.from([command, family, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([PROXY_SIGNATURE, head, body]);
}

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { connect } from "node:tls";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import { readClientHello } from "./client-hello.ts";

const NONE = { serverName: "", alpn: [] };

test("a hello says whom it is for and what shall be spoken, however it is cut", () => {
  const bytes = record(hello([serverName("Web.Shop"), alpn(["h2", "http/1.1"])]));
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(readClientHello(bytes.subarray(0, length)), "more", `after ${length} bytes`);
  }
  const wanted = { serverName: "web.shop", alpn: ["h2", "http/1.1"] };
  assert.deepEqual(readClientHello(bytes), wanted);
  assert.deepEqual(readClientHello(Buffer.concat([bytes, Buffer.from("more")])), wanted);
});

test("a hello may be spread over records, cut anywhere", () => {
  const message = hello([serverName("web.shop"), alpn(["weft/1"])]);
  for (let at = 1; at < message.length; at++) {
    const bytes = Buffer.concat([record(message.subarray(0, at)), record(message.subarray(at))]);
    assert.deepEqual(readClientHello(bytes), { serverName: "web.shop", alpn: ["weft/1"] });
    assert.equal(readClientHello(bytes.subarray(0, -1)), "more");
  }
});

test("a hello without extensions, or without these, names nothing", () => {
  assert.deepEqual(readClientHello(record(hello(undefined))), NONE);
  assert.deepEqual(readClientHello(record(hello([]))), NONE);
});

test("GREASE is passed over", () => {
  const grease = extension(0x5a5a, Buffer.alloc(0));
  const bytes = record(hello([grease, alpn(["\x3a\x3a", "h2"]), extension(0xfafa, "x")]));
  assert.deepEqual(readClientHello(bytes), { serverName: "", alpn: ["h2"] });
});

test("Node's own hello is understood", async (t) => {
  const bytes = await new Promise<Buffer>((resolve) => {
    const listener = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", resolve);
      t.after(() => socket.destroy());
    }).listen(0, "127.0.0.1", () => {
      const { port } = listener.address() as { port: number };
      const options = { servername: "web.shop", ALPNProtocols: ["h2"] };
      const asker = connect({ host: "127.0.0.1", port, ...options }).on("error", () => {});
      t.after(() => asker.destroy());
    });
    t.after(() => listener.close());
  });
  assert.deepEqual(readClientHello(bytes), { serverName: "web.shop", alpn: ["h2"] });
});

const MALFORMED: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["another type of record", withByte(record(hello([])), 0, 23)],
  ["another version of records", withByte(record(hello([])), 1, 2)],
  ["an empty record", record(Buffer.alloc(0))],
  ["a record that is too long", withByte(record(hello([])), 3, 0x41)],
  ["another message", withByte(record(hello([])), 5, 2)],
  ["a message that is too long", withByte(record(hello([])), 6, 1)],
  ["another version", withByte(record(hello([])), 9, 2)],
  ["a session that is too long", withByte(record(hello([])), 43, 33)],
  ["an odd list of suites", record(hello([], { suites: Buffer.alloc(3) }))],
  ["no suites", record(hello([], { suites: Buffer.alloc(0) }))],
  ["no compressions", record(hello([], { compressions: Buffer.alloc(0) }))],
  ["something behind the extensions", record(hello([], { behind: Buffer.alloc(1) }))],
  ["an extension that is cut short", record(hello([Buffer.from([0, 5, 0, 9, 1])]))],
  ["half an extension", record(hello([Buffer.from([0, 5, 0])]))],
  ["two server names", record(hello([serverName("a"), serverName("a")]))],
  ["two lists of protocols", record(hello([alpn(["h2"]), alpn(["h2"])]))],
  ["an empty server name", record(hello([serverName("")]))],
  ["a server name with a NUL", record(hello([serverName("a.shop\0.b")]))],
  ["a server name that is too long", record(hello([serverName("a".repeat(256))]))],
  ["an empty list of names", record(hello([extension(0, Buffer.from([0, 0]))]))],
  ["a second name", record(hello([extension(0, "\0\x08\0\0\x01a\0\0\x01b")]))],
  ["a name of another kind", record(hello([extension(0, "\0\x04\x01\0\x01a")]))],
  ["no protocols", record(hello([alpn([])]))],
  ["a protocol without a name", record(hello([alpn(["h2", ""])]))],
  ["too many protocols", record(hello([alpn(Array(LIMITS.alpnNamesMax + 1).fill("x"))]))],
  ["something behind the protocols", record(hello([extension(16, "\0\x03\x02h2!")]))],
];

for (const [name, bytes] of MALFORMED) {
  test(`${name} makes a hello malformed`, () => {
    assert.equal(readClientHello(bytes), undefined);
  });
}

test("a hello is read up to a limit of bytes and of records", () => {
  const most = LIMITS.clientHelloBytesMax;
  const empty = record(hello([extension(21, Buffer.alloc(0))])).length;
  const padded = (bytes: number) => record(hello([extension(21, Buffer.alloc(bytes - empty))]));
  assert.deepEqual(readClientHello(padded(most)), NONE);
  assert.equal(readClientHello(padded(most).subarray(0, -1)), "more");
  assert.equal(readClientHello(padded(most + 1)), undefined);
  const single = [...hello([alpn(["a".repeat(40)])])].map((byte) => record(Buffer.from([byte])));
  const within = Buffer.concat(single.slice(0, LIMITS.clientHelloRecordsMax));
  assert.equal(readClientHello(within), "more");
  const beyond = Buffer.concat(single.slice(0, LIMITS.clientHelloRecordsMax + 1));
  assert.equal(readClientHello(beyond), undefined);
});

test("whatever the bytes are, there is an answer", () => {
  const random = seededRandom(11);
  const whole = record(hello([serverName("web.shop"), alpn(["h2", "http/1.1"])]));
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.from(whole);
    for (let n = 0; n < 1 + (i % 4); n++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const read = readClientHello(bytes.subarray(0, Math.ceil(random() * bytes.length)));
    assert.ok(read === undefined || read === "more" || read.alpn.length <= LIMITS.alpnNamesMax);
  }
});

type Parts = { readonly suites?: Buffer; readonly compressions?: Buffer; readonly behind?: Buffer };

// As a handshake message; without extensions at all where there are none.
function hello(extensions: readonly Buffer[] | undefined, parts: Parts = {}): Buffer {
  const { suites = Buffer.from([0x13, 1, 0x2a, 0x2a]), compressions = Buffer.alloc(1) } = parts;
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(32)),
    vector(2, suites),
    vector(1, compressions),
    extensions ? vector(2, Buffer.concat(extensions)) : Buffer.alloc(0),
    parts.behind ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([Buffer.from([1]), vector(3, body)]);
}

function serverName(name: string): Buffer {
  const entry = Buffer.concat([Buffer.alloc(1), vector(2, Buffer.from(name, "latin1"))]);
  return extension(0, vector(2, entry));
}

function alpn(names: readonly string[]): Buffer {
  const list = names.map((name) => vector(1, Buffer.from(name, "latin1")));
  return extension(16, vector(2, Buffer.concat(list)));
}

function extension(type: number, value: Buffer | string): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(type);
  return Buffer.concat([head, vector(2, Buffer.from(value as string, "latin1"))]);
}

function vector(lengthBytes: number, value: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(value.length, 0, lengthBytes);
  return Buffer.concat([length, value]);
}

function record(fragment: Buffer): Buffer {
  const head = Buffer.from([22, 3, 1]);
  return Buffer.concat([head, vector(2, fragment)]);
}

function withByte(bytes: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = byte;
  return changed;
}

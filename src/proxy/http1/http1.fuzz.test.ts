// Properties over many inputs, about two seconds of them. The seed is fixed; set FUZZ_SEED by hand
// for new ones.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClientRig, RecordedAnswer, requestHead, ServerRig } from "./test-rig.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? 9112);

type Chunk = { readonly text: string; readonly extension: string };
type Message = {
  readonly method: string;
  readonly path: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly chunks: readonly Chunk[] | undefined;
  readonly body: string;
};

const token = fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const value = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((c) => String.fromCharCode(c)) })
  .map((text) => text.replaceAll("\x7f", "").trim());
const bodyText = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 });
const message: fc.Arbitrary<Message> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "X-OWN"),
  path: fc.webPath().map((path) => (path === "" ? "/" : path)),
  fields: fc.array(
    fc.tuple(
      token.map((name) => `X-${name}`),
      value,
    ),
    { maxLength: 6 },
  ),
  chunks: fc.option(
    fc.array(
      fc.record({ text: bodyText, extension: fc.constantFrom("", ";a", ';a="b"', " ;a=b") }),
    ),
    { nil: undefined },
  ),
  body: fc.oneof(fc.constant(""), bodyText),
});
const cuts = fc.array(fc.nat(), { maxLength: 12 });

test("a pipeline of valid requests is the same however it was cut", () => {
  const property = fc.property(
    fc.array(message, { minLength: 1, maxLength: 5 }),
    cuts,
    (all, at) => {
      const rig = new ServerRig();
      for (const part of cut(all.map(encode).join(""), at)) rig.send(part);
      assert.deepEqual(rig.refused, []);
      assert.deepEqual(
        rig.requests.map(({ head, body }) => [head.method, head.path, head.headers, body]),
        all.map((one) => [one.method, one.path, headersOf(one), bodyOf(one)]),
      );
      assert.equal(rig.received.match(/HTTP\/1.1 200 OK/g)?.length, all.length);
    },
  );
  fc.assert(property, { seed, numRuns: 500 });
});

const mutation = fc.record({
  at: fc.nat(),
  deleted: fc.nat({ max: 3 }),
  inserted: fc.constantFrom(
    "",
    "\r\n",
    "\r",
    "\n",
    "\0",
    " ",
    ":",
    "5",
    "chunked",
    "\xff",
    ";",
    ",",
  ),
});

test("whatever a downstream sends, nothing throws and every request ends at most once", () => {
  const property = fc.property(
    fc.array(message, { minLength: 1, maxLength: 3 }),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
    cuts,
    (all, mutations, at) => {
      const rig = new ServerRig();
      for (const part of cut(mutate(all.map(encode).join(""), mutations), at)) rig.send(part);
      rig.peer.end();
      rig.run();
      rig.advance(20_000);
      assert.equal(rig.closed, 1);
      assert.ok(rig.refused.length <= 1);
      for (const { trailers, failure } of rig.requests) {
        assert.ok((trailers === undefined) !== (failure === undefined));
      }
      assert.equal(rig.tools.deadlines.pending, 0);
    },
  );
  fc.assert(property, { seed, numRuns: 1500 });
});

test("whatever an upstream sends, nothing throws and the exchange ends once", () => {
  const property = fc.property(
    message,
    fc.array(mutation, { maxLength: 4 }),
    cuts,
    (one, mutations, at) => {
      const rig = new ClientRig();
      const answer = new RecordedAnswer();
      rig.connection.open(requestHead(), answer).end();
      rig.run();
      const text = encode(one).replace(/^.*\r\n/, "HTTP/1.1 200 OK\r\n");
      for (const part of cut(mutate(text, mutations), at)) rig.send(part);
      rig.peer.end();
      rig.run();
      assert.ok((answer.trailers === undefined) !== (answer.failure === undefined));
      assert.equal(rig.told.at(-1), "closed");
      assert.equal(rig.told.filter((what) => what === "closed").length, 1);
    },
  );
  fc.assert(property, { seed, numRuns: 1500 });
});

function encode({ method, path, fields, chunks, body }: Message): string {
  const framing = chunks ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`;
  const lines = fields.map(([name, text]) => `${name}:\t${text} \r\n`).join("");
  return (
    `${method} ${path} HTTP/1.1\r\nHost: a\r\n${lines}${framing}\r\n\r\n` +
    (chunks ? encodeChunks(chunks) : body)
  );
}

function encodeChunks(chunks: readonly Chunk[]): string {
  const line = ({ text, extension }: Chunk) =>
    `${text.length.toString(16)}${extension}\r\n${text}\r\n`;
  return `${chunks.map(line).join("")}0\r\n\r\n`;
}

function headersOf({ fields }: Message): string[] {
  return fields.flatMap(([name, text]) => [name.toLowerCase(), text]);
}

function bodyOf({ chunks, body }: Message): string {
  return chunks ? chunks.map(({ text }) => text).join("") : body;
}

function mutate(
  text: string,
  mutations: readonly { at: number; deleted: number; inserted: string }[],
): string {
  let mutated = text;
  for (const { at, deleted, inserted } of mutations) {
    const from = at % (mutated.length + 1);
    mutated = mutated.slice(0, from) + inserted + mutated.slice(from + deleted);
  }
  return mutated;
}

function cut(text: string, at: readonly number[]): string[] {
  const ends = [...at.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end)).filter((part) => part !== "");
}

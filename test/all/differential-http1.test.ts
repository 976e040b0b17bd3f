// Requests that are almost valid, as Weft, Node and Go read them. Where readers differ, one hop may
// see another request than the next: every class of difference is listed, with what decides it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { KNOWN } from "../support/http1-differences.ts";
import { type Message, MUTATORS, oneOf } from "../support/http1-mutators.ts";
import { goReader, nodeReader, type Reader, read, weftReader } from "../support/http1-readers.ts";

const OWN_SEED = 9112;
const seed = Number(process.env["FUZZ_SEED"] ?? OWN_SEED);
const ABREAST = 12;
// Shows where the first message ends.
const NEXT = "GET /next HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n";

let weft!: Reader;
let peers: Reader[] = [];
before(async () => {
  weft = await weftReader();
  peers = [await nodeReader(), await goReader()];
});
after(() => {
  for (const reader of [weft, ...peers]) reader.close();
});

test("every class of request that Weft reads otherwise than Node or Go is a known one", async () => {
  const found = new Map<string, string>();
  const random = seededRandom(seed);
  const cases = MUTATORS.flatMap(({ name, rounds, mutate }) =>
    Array.from({ length: rounds }, () => {
      const message = validMessage(random);
      return { name, text: mutate(message, random) + NEXT };
    }),
  );
  for (let at = 0; at < cases.length; at += ABREAST) {
    await Promise.all(
      cases.slice(at, at + ABREAST).map(async ({ name, text }) => {
        const [ours, ...theirs] = await Promise.all([weft, ...peers].map((one) => read(one, text)));
        for (const [i, requests] of theirs.entries()) {
          const difference = compare(ours!, requests);
          if (difference === "") continue;
          const key = `${name} | ${peers[i]!.name} | ${difference}`;
          if (found.has(key)) continue;
          // On a busy machine a reader may just have been slow.
          const again = await Promise.all([weft, peers[i]!].map((one) => read(one, text, 1_000)));
          if (compare(again[0]!, again[1]!) !== difference) continue;
          const example = { text, ours, [peers[i]!.name]: requests };
          found.set(key, JSON.stringify(example));
        }
      }),
    );
  }
  const known = KNOWN.flatMap(({ name, differences }) =>
    differences.map((difference) => `${name} | ${difference}`),
  );
  const unknown = [...found].filter(([key]) => !known.includes(key));
  assert.deepEqual(
    unknown.map(([key, example]) => `${key}\n${example}`),
    [],
  );
  // What no longer differs has no place in the list. Other seeds don't find everything.
  if (seed !== OWN_SEED) return;
  assert.deepEqual(
    known.filter((key) => !found.has(key)),
    [],
  );
});

// How Weft is, compared with the other: "stricter" where it reads less.
function compare(ours: readonly string[], theirs: readonly string[]): string {
  const shared = Math.min(ours.length, theirs.length);
  for (let i = 0; i < shared; i++) if (ours[i] !== theirs[i]) return "reads it otherwise";
  if (ours.length === theirs.length) return "";
  return ours.length < theirs.length ? "stricter" : "laxer";
}

function validMessage(random: () => number): Message {
  const one = oneOf(random);
  const fields = ["X-A: a", "Accept: */*", "x-b: b; c", "Cookie: a=b", "User-Agent: x y"];
  return {
    method: one(["GET", "POST", "PUT"]),
    target: one(["/", "/a", "/a?b=c", "/a/b%20c", "/~a;b"]),
    version: "HTTP/1.1",
    host: "example",
    fields: fields.filter(() => random() < 0.3),
    body: "",
  };
}

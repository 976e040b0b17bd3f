import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { mixOf } from "./mixes.ts";
import type { RequestShape } from "./request-shape.ts";
import { RequestSource } from "./request-source.ts";

const TARGET = { authority: "127.0.0.1:9080", prefix: "/~secret/web" };

test("a request is a head with the target's prefix and host", () => {
  const source = sourceOf([shape({ path: "/books/7", headers: [["end-user", "tester"]] })]);
  assert.equal(
    source.next().text,
    "GET /~secret/web/books/7 HTTP/1.1\r\nhost: 127.0.0.1:9080\r\nend-user: tester\r\n\r\n",
  );
});

test("a body is counted in bytes, filled in or not", () => {
  for (const body of ["grüße", "grüße {n}", "{n}"]) {
    const { text } = sourceOf([shape({ method: "POST", body })]).next();
    const [head = "", sent = ""] = text.split("\r\n\r\n");
    assert.equal(Buffer.from(sent, "latin1").toString("utf8"), body.replace("{n}", "0"));
    assert.match(head, new RegExp(`content-length: ${sent.length}$`));
  }
});

test("gaps are unique, numbered, or random within their range", () => {
  const source = sourceOf([shape({ path: "/{n}/{1..3}/{id}" })]);
  const paths = Array.from({ length: 300 }, () => source.next().text.split(" ")[1]!.split("/"));
  assert.deepEqual(
    paths.slice(0, 3).map((parts) => parts[3]),
    ["0", "1", "2"],
  );
  assert.deepEqual([...new Set(paths.map((parts) => parts[4]))].sort(), ["1", "2", "3"]);
  assert.equal(new Set(paths.map((parts) => parts[5])).size, 300);
  assert.match(paths[0]![5]!, /^[0-9a-f]{32}$/);
});

test("a mix keeps its proportions in every stretch", () => {
  const shapes = [shape({ path: "/a", weight: 3 }), shape({ path: "/b", weight: 1 })];
  const source = sourceOf(shapes);
  for (let i = 0; i < 10; i++) {
    const four = Array.from({ length: 4 }, () => source.next().text.includes("/a "));
    assert.equal(four.filter(Boolean).length, 3);
  }
});

test("every 20th visitor of the bookshop buys, every 10th is a tester", () => {
  const source = sourceOf(mixOf("bookshop", "/"));
  const texts = Array.from({ length: 200 }, () => source.next().text);
  assert.equal(texts.filter((text) => text.startsWith("POST ")).length, 10);
  assert.equal(texts.filter((text) => text.includes("end-user: tester")).length, 20);
});

test("without keep-alive every request says so", () => {
  const source = new RequestSource([shape({})], TARGET, false, seededRandom(1));
  assert.match(source.next().text, /\r\nconnection: close\r\n/);
});

test("a mix of nothing is refused", () => {
  assert.throws(() => sourceOf([]), RangeError);
  assert.throws(() => sourceOf([shape({ weight: 0 })]), RangeError);
});

function shape(parts: Partial<RequestShape>): RequestShape {
  return { method: "GET", path: "/", headers: [], body: "", weight: 1, ...parts };
}

function sourceOf(shapes: readonly RequestShape[]): RequestSource {
  return new RequestSource(shapes, TARGET, true, seededRandom(1));
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseResource } from "./parse-resource.ts";

for (const [words, kind, name] of [
  [[], "workload", undefined],
  [["deploy"], "workload", undefined],
  [["deploy/reviews-v1"], "workload", "reviews-v1"],
  [["deploy", "reviews-v1"], "workload", "reviews-v1"],
  [["Workload/web"], "workload", "web"],
  [["svc/reviews"], "service", "reviews"],
  [["ns/bookshop"], "namespace", "bookshop"],
] as const) {
  test(`"${words.join(" ")}" is a ${kind}`, () => {
    assert.deepEqual(parseResource(words), { kind: "ok", resource: { kind, name } });
  });
}

for (const words of [["reviews"], ["svc/"], ["svc/a/b"], ["svc", "a", "b"], ["constructor/x"]]) {
  test(`"${words.join(" ")}" is no resource, and the message says what would be`, () => {
    const parsed = parseResource(words);
    assert.ok(parsed.kind === "invalid");
    assert.match(parsed.message, /must be like deploy/);
  });
}

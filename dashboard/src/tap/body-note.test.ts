import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyNote } from "./body-note.ts";

const BODY = { size: 9, type: "application/json", encoding: "", truncated: false };

test("a body is told by its size and type, and why it isn't shown", () => {
  assert.equal(bodyNote({ ...BODY, text: "[1]" }), "9 bytes, application/json");
  assert.equal(bodyNote({ ...BODY, size: 0 }), "none");
  assert.equal(
    bodyNote({ ...BODY, text: "[1", truncated: true, unfinished: true }),
    "9 bytes, application/json, cut off, it broke off",
  );
  assert.equal(
    bodyNote({ ...BODY, encoding: "gzip", truncated: true, withheld: "encoded" }),
    "9 bytes, application/json, gzip, left out: compressed, so that secrets in it can't be found",
  );
});

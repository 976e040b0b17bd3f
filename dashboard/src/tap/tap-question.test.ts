import assert from "node:assert/strict";
import { test } from "node:test";
import { tapCommand, tapQuery } from "./tap-question.ts";

test("bodies are asked for only where the address says so, on the command line as here", () => {
  const without = new URLSearchParams({ resource: "svc/orders", method: "post" });
  assert.equal(tapQuery(without).bodyBytesMax, undefined);
  assert.equal(tapCommand(without), "weft tap svc/orders --method POST");
  const having = new URLSearchParams({ resource: "svc/orders", bodies: "with" });
  assert.equal(tapQuery(having).bodyBytesMax, 4_096);
  assert.equal(tapCommand(having), "weft tap svc/orders --body");
});

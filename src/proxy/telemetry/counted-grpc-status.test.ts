import assert from "node:assert/strict";
import { test } from "node:test";
import { countedGrpcStatus } from "./counted-grpc-status.ts";

test("the codes of gRPC are counted as they are, and everything else as unknown", () => {
  for (let code = 0; code <= 16; code++) assert.equal(countedGrpcStatus(`${code}`), `${code}`);
  assert.equal(countedGrpcStatus(""), "");
  for (const text of [
    "17",
    "99",
    "00",
    "01",
    "1 ",
    " 1",
    "1/",
    "1:",
    "/",
    ":",
    "-1",
    "0x1",
    "110",
  ]) {
    assert.equal(countedGrpcStatus(text), "2", text);
  }
  assert.equal(countedGrpcStatus("0".repeat(30_000)), "2");
});

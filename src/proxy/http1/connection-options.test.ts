import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionOptions } from "./connection-options.ts";

test("options are understood in any case, alone or in a list", () => {
  const options = new ConnectionOptions();
  assert.equal(options.add(" , Keep-Alive,\tCLOSE ,"), true);
  assert.deepEqual([options.closes, options.keepsAlive], [true, true]);
});

test("what no name may contain makes the list malformed", () => {
  for (const value of ["a b", "a;b", '"close"', "close:", "\xe9"]) {
    assert.equal(new ConnectionOptions().add(value), false, value);
  }
});

test("nothing that states identity, routing, trace or content can be named away", () => {
  const names = ["weft-port", "x-forwarded-for", "x-forwarded-client-cert", "authorization"]
    .concat([
      "cookie",
      "content-type",
      "traceparent",
      "tracestate",
      "x-request-id",
      "l5d-client-id",
    ])
    .concat(["proxy-authorization", "forwarded", "x-b3-traceid", "sec-fetch-site", "if-match"]);
  const options = new ConnectionOptions();
  for (const name of names) options.add(name.toUpperCase());
  const headers = names.flatMap((name) => [name, "1"]);
  assert.deepEqual(options.filter(headers), headers);
});

test("anything else that is named is for this hop only", () => {
  const options = new ConnectionOptions();
  options.add("x-mine, X-Yours");
  assert.deepEqual(options.filter(["x-mine", "1", "x-other", "x-mine", "x-yours", "2"]), [
    "x-other",
    "x-mine",
  ]);
});

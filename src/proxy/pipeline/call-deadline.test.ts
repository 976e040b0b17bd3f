import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGrpcTimeout } from "./call-deadline.ts";

test("a timeout of a call is read in each of its units", () => {
  const read = ["2H", "3M", "5S", "250m", "1000u", "1000000n", "0S", "00000001S"];
  const ms = [7_200_000, 180_000, 5_000, 250, 1, 1, 0, 1_000];
  read.forEach((text, i) => {
    assert.ok(Math.abs(parseGrpcTimeout(text) - ms[i]!) < 1e-6, text);
  });
});

test("the longest timeout of a call is a number of milliseconds like any other", () => {
  assert.equal(parseGrpcTimeout("99999999H"), 99_999_999 * 3_600_000);
  assert.ok(Number.isSafeInteger(parseGrpcTimeout("99999999H")));
});

test("what is no timeout of a call is none", () => {
  const wrong = [
    "",
    "S",
    "5",
    "5s",
    "5h",
    "-5S",
    "+5S",
    "5.5S",
    " 5S",
    "5S ",
    "5 S",
    "0x5S",
    "5SS",
  ];
  const long = ["100000000n", "9223372036854775807S", "9".repeat(400) + "H", "1e5S", "\u0665S"];
  for (const text of [...wrong, ...long]) assert.equal(parseGrpcTimeout(text), -1, text);
});

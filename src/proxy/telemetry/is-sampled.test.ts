import assert from "node:assert/strict";
import { test } from "node:test";
import { isSampled } from "./is-sampled.ts";

const IDS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

test("the lowest bit of the flags says it, whatever the others are", () => {
  for (const digit of "0123456789abcdef") {
    assert.equal(isSampled(`${IDS}0${digit}`), Number.parseInt(digit, 16) % 2 === 1, digit);
  }
});

test("flags that are no hexadecimal digits say nothing", () => {
  for (const flags of ["zz", "z1", "xb"]) assert.equal(isSampled(IDS + flags), false, flags);
});

test("what ends before its flags says nothing", () => {
  for (const value of ["", "1", IDS, `${IDS}1`]) assert.equal(isSampled(value), false, value);
});

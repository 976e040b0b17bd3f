import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "./limits.ts";
import { Pattern } from "./pattern.ts";

function pattern(source: string): Pattern {
  const reading = Pattern.read(source);
  assert.equal(reading.kind, "pattern", source);
  return (reading as Extract<typeof reading, { kind: "pattern" }>).pattern;
}

test("a pattern is for a whole text", () => {
  const version = pattern("/v[0-9]+");
  assert.equal(version.matches("/v12"), true);
  assert.equal(version.matches("/v12/cart"), false);
  assert.equal(version.matches("x/v12"), false);
  assert.equal(pattern("a|b").matches("bb"), false);
});

test("a pattern sees the UTF-8 in the bytes of a head", () => {
  const bytes = Buffer.from("/bücher").toString("latin1");
  assert.equal(pattern("/b.cher").matches(bytes), true);
  assert.equal(pattern("/[bü]+cher").matches(bytes), true);
});

test("what RE2 doesn't have is a problem, with its reason", () => {
  for (const source of ["(", "[a", "a{2000}", "(?=a)", "(a)\\1", "*"]) {
    const reading = Pattern.read(source);
    assert.equal(reading.kind, "problem", source);
    assert.match(reading.kind === "problem" ? reading.expected : "", /RE2/);
  }
});

test("a pattern that is too long, or becomes too large, is a problem", () => {
  assert.equal(Pattern.read("a".repeat(LIMITS.patternLengthMax)).kind, "problem");
  assert.equal(Pattern.read(".*".repeat(400)).kind, "pattern");
  assert.equal(Pattern.read("a".repeat(LIMITS.patternLengthMax + 1)).kind, "problem");
  assert.equal(Pattern.read("((a{30}){33})").kind, "problem");
});

test("text that is too long matches nothing, and is left as it is", () => {
  const any = pattern("a*");
  assert.equal(any.matches("a".repeat(LIMITS.patternTextMax)), true);
  assert.equal(any.matches("a".repeat(LIMITS.patternTextMax + 1)), false);
  const long = "b".repeat(LIMITS.patternTextMax + 1);
  assert.equal(pattern("b").replaceEach(long, ["c"]), long);
});

test("every place that fits is replaced, groups by what they hold", () => {
  const word = pattern("/([a-z]+)([0-9])?");
  assert.equal(word.groups, 2);
  assert.equal(word.replaceEach("/a1/b/C", ["/", 1, "-", 2]), "/a-1/b-/C");
  assert.equal(word.replaceEach("/1", ["x"]), "/1");
  assert.equal(pattern("ü").replaceEach(Buffer.from("/ü").toString("latin1"), ["ß"]), "/Ã\x9f");
});

test("a replacement stops when it outgrows a head", () => {
  const grown = pattern("a").replaceEach("a".repeat(4_000), ["b".repeat(1_000)]);
  assert.ok(grown.length < LIMITS.headBytesMax + LIMITS.patternTextMax + 1_000);
});

test("a pattern that hangs others ends at once", () => {
  const startMs = performance.now();
  assert.equal(pattern("(a*)*b").matches("a".repeat(4_000)), false);
  assert.ok(performance.now() - startMs < 2_000);
});

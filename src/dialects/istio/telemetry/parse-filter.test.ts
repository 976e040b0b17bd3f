import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "#base/limits.ts";
import { parseFilter } from "./parse-filter.ts";

test("or binds less than and, and parentheses most", () => {
  const [a, b, c] = ["GET", "PUT", "POST"].map((than) => {
    return { kind: "text", of: "method", is: "==", than } as const;
  });
  const [x, y, z] = ["GET", "PUT", "POST"].map((name) => `request.method == "${name}"`);
  const asked = (source: string) => {
    const reading = parseFilter(source);
    assert.ok(reading.kind === "test", source);
    return reading.test;
  };
  const both = { kind: "and", of: [b, c] };
  assert.deepEqual(asked(`${x} || ${y} && ${z}`), { kind: "or", of: [a, both] });
  const either = { kind: "or", of: [a, b] };
  assert.deepEqual(asked(`(${x} || ${y}) && ${z}`), { kind: "and", of: [either, c] });
  assert.deepEqual(asked(`!(${x})`), { kind: "not", of: a });
  assert.deepEqual(asked(`'GET' == request.method`), a);
});

test("a value may stand first, and its relation turns", () => {
  const reading = parseFilter("400 <= response.code");
  const than400 = { kind: "number", of: "response_code", is: ">=", than: 400 };
  assert.deepEqual(reading, { kind: "test", test: than400 });
});

test("texts have CEL's escapes", () => {
  const reading = parseFilter(String.raw`request.url_path.contains('it\'s "\n\\"')`);
  assert.ok(reading.kind === "test" && reading.test.kind === "text");
  assert.equal(reading.test.than, 'it\'s "\n\\"');
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  "": /something is missing/,
  "response.code": /neither true nor false/,
  "response.code == 200 response": /nothing more was to come/,
  "response.code == '200'": /"==" between these two/,
  "request.duration > 5": /">" between these two/,
  "request.method < 'GET'": /"<" between these two/,
  "response.flags == 4": /"response.flags" is no attribute/,
  "request.url_path.matches('a')": /"matches" can't be asked/,
  "request.method in ['GET', 1]": /"in" between these two/,
  "request.method in ['GET', request.host]": /a list of anything but/,
  "duration('soon') < request.duration": /"duration" isn't understood/,
  "request.headers == 'a'": /"==" between/,
  "request.headers[1] == 'a'": /a header's name is a text/,
  "response.code == 200 ? true : false": /at "\? true/,
  "!response.code": /"!" before/,
  "- == 1": /"-" without a number/,
};

for (const [source, why] of Object.entries(REFUSED)) {
  test(`refused with its reason: ${source}`, () => {
    const reading = parseFilter(source);
    assert.match(reading.kind === "refused" ? reading.reason : "", why);
  });
}

test("what is too long or nested too deeply is refused, and not read", () => {
  const tooMany = LIMITS.expressionDepthMax + 1;
  const deepest = parseFilter(`${"(".repeat(tooMany)}true${")".repeat(tooMany)}`);
  assert.match(deepest.kind === "refused" ? deepest.reason : "", /nested too deeply/);
  const least = `${"!".repeat(LIMITS.expressionDepthMax - 1)}true`;
  assert.equal(parseFilter(least).kind, "test");
  const long = parseFilter(`true || ${"true || ".repeat(200)}true`);
  assert.match(long.kind === "refused" ? long.reason : "", /more than 1024 characters/);
});

test("any text is read or refused, and nothing thrown", () => {
  const words = ["request.method", "response.code", "&&", "||", "!", "(", ")", "==", "in", "has("];
  const parts = ["request.headers", "['x']", ".contains('a')", "'a'", "200", "[", "]", ",", "true"];
  const sources = fc.array(fc.constantFrom(...words, ...parts), { maxLength: 20 });
  fc.assert(
    fc.property(
      fc.oneof(
        sources.map((all) => all.join(" ")),
        fc.string(),
      ),
      (source) => {
        const reading = parseFilter(source);
        return reading.kind === "test" || reading.reason !== "";
      },
    ),
    { numRuns: 500 },
  );
});

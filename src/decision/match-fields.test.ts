import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "#base/limits.ts";
import { bindOutbound } from "./bind.ts";
import { decide } from "./decide.ts";
import { hasHeader, hasParameter } from "./match-fields.ts";
import { samplePlan, sampleRequest } from "./sample-plans.ts";

const EXACTLY_V2 = { name: "version", value: { kind: "exact", value: "v2" } } as const;

const has = (path: string, field: Parameters<typeof hasParameter>[2]): boolean => {
  const question = path.indexOf("?");
  return hasParameter(path, (question < 0 ? path.length : question) + 1, field);
};

test("a header matches by name and value, not by what it begins with", () => {
  assert.equal(hasHeader(["version", "v2"], EXACTLY_V2), true);
  assert.equal(hasHeader(["version", "v20"], EXACTLY_V2), false);
  assert.equal(hasHeader(["versions", "v2"], EXACTLY_V2), false);
  assert.equal(hasHeader(["other", "version", "version", "v1"], EXACTLY_V2), false);
});

test("of a header that occurs twice either value counts", () => {
  assert.equal(hasHeader(["version", "v1", "version", "v2"], EXACTLY_V2), true);
  assert.equal(hasHeader(["version", "v2", "version", "v1"], EXACTLY_V2), true);
});

test("a query parameter is compared decoded, with plus as a space", () => {
  const wanted = { name: "q r", value: { kind: "exact", value: "a b&=%" } } as const;
  assert.equal(has("/?q+r=a+b%26%3D%25", wanted), true);
  assert.equal(has("/?q%20r=a%20b%26=%", wanted), true);
  assert.equal(has("/?q%20r=a%20b%26=%25&", wanted), true);
  assert.equal(has("/?q%20r=a%20b", wanted), false);
  assert.equal(has("/?q%20r=a%20b%26=%25x", wanted), false);
});

test("a broken percent sequence stands for itself", () => {
  assert.equal(has("/?a=%zz", { name: "a", value: { kind: "exact", value: "%zz" } }), true);
  assert.equal(has("/?a=%4", { name: "a", value: { kind: "exact", value: "%4" } }), true);
});

test("of a query parameter that occurs twice the first counts", () => {
  const wanted = { name: "a", value: { kind: "exact", value: "1" } } as const;
  assert.equal(has("/?a=1&a=2", wanted), true);
  assert.equal(has("/?a=2&a=1", wanted), false);
});

test("a parameter without a value is present and empty", () => {
  assert.equal(has("/?x&a", { name: "a", value: { kind: "present", value: "" } }), true);
  assert.equal(has("/?x&a", { name: "a", value: { kind: "exact", value: "" } }), true);
  assert.equal(has("/a", { name: "a", value: { kind: "present", value: "" } }), false);
});

test("an encoded parameter is found again, whatever it is called", () => {
  const text = fc.string({ unit: "binary", maxLength: 8 });
  fc.assert(
    fc.property(text, text, text, (name, value, noise) => {
      fc.pre(name !== "" && noise !== name && noise !== "");
      const [n, v, x] = [name, value, noise].map(encodeURIComponent);
      // `decide` is asked, because it is `bind` that brings the user's text into wire form.
      const query = [{ name, value: { kind: "exact", value } }] as const;
      const bound = bindOutbound(samplePlan([{ matches: [{ query }] }]));
      const hit = decide(bound, sampleRequest(`/?${x}=1&${n}=${v}&${n}=other`), 0);
      assert.equal(hit.kind, "forward");
      const miss = decide(bound, sampleRequest(`/?${x}=1&${n}=${v}x`), 0);
      assert.equal(miss.kind, "answer");
    }),
    { seed: 2 },
  );
});

test("only so many parameters are looked at", () => {
  const wanted = { name: "z", value: { kind: "present", value: "" } } as const;
  const before = (count: number) => `/?${"a=1&".repeat(count)}z=1`;
  assert.equal(has(before(LIMITS.queryParametersMax - 1), wanted), true);
  assert.equal(has(before(LIMITS.queryParametersMax), wanted), false);
});

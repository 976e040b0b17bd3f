import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSet } from "./parse-set.ts";

function valuesOf(text: string): unknown {
  const parsed = parseSet(text);
  return parsed.kind === "ok" ? parsed.values : parsed.message;
}

test("dots go into maps, and what is set together is one set of values", () => {
  assert.deepEqual(valuesOf("a.b=c"), { a: { b: "c" } });
  assert.deepEqual(valuesOf("a.b=1,a.c=2"), { a: { b: 1, c: 2 } });
});

test("numbers, true, false and null are what they look like, all else is text", () => {
  assert.deepEqual(valuesOf("a=3,b=true,c=null,d=1.5,e=007,f=-2,g=,h=1e3"), {
    ...{ a: 3, b: true, c: null, d: "1.5", e: "007", f: -2, g: "", h: "1e3" },
  });
});

test("braces hold a list, brackets a place in one", () => {
  assert.deepEqual(valuesOf("a={x,2,true},b={}"), { a: ["x", 2, true], b: [] });
  assert.deepEqual(valuesOf("a[0].b=x"), { a: [{ b: "x" }] });
  assert.deepEqual(valuesOf("a[1]=x"), { a: [null, "x"] });
});

test("a backslash takes the meaning from what follows it", () => {
  const written = "control.nodeSelector.kubernetes\\.io/os=linux,a=b\\,c";
  const expected = { control: { nodeSelector: { "kubernetes.io/os": "linux" } }, a: "b,c" };
  assert.deepEqual(valuesOf(written), expected);
});

test("an equals sign in a value is part of it", () => {
  assert.deepEqual(valuesOf("a=b=c"), { a: "b=c" });
});

test("a name of an object's own is a name like any other", () => {
  const values = valuesOf("__proto__.x=1") as object;
  assert.deepEqual(Object.keys(values), ["__proto__"]);
  assert.equal(Reflect.get(Object.prototype, "x"), undefined);
});

test("what can't be read is told with what would be right", () => {
  for (const text of ["a", "=b", "a..b=c", "a.=c", "a[x]=1", "a[1001]=1", "[0]=1", ""]) {
    assert.match(String(valuesOf(text)), /must be like control\.replicas=3$/, text);
  }
});

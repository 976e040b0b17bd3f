import assert from "node:assert/strict";
import { test } from "node:test";
import { addToHash, FIELD_NAMES, fieldNameIndex } from "./field-names.ts";

test("each known name is found in any case, and a name close to it isn't", () => {
  FIELD_NAMES.forEach((name, index) => {
    assert.equal(indexOf(name), index);
    assert.equal(indexOf(name.toUpperCase()), index);
    assert.equal(indexOf(`${name}x`), -1);
    assert.equal(indexOf(name.slice(1)), FIELD_NAMES.indexOf(name.slice(1)));
  });
});

test("a name whose hash is that of another one isn't it", () => {
  for (const name of FIELD_NAMES) assert.equal(fieldNameIndex(OTHER, 0, 5, hashOf(name)), -1);
});

const OTHER = Buffer.from("other");

function hashOf(name: string): number {
  let hash = 0;
  for (const char of name.toLowerCase()) hash = addToHash(hash, char.charCodeAt(0));
  return hash;
}

function indexOf(name: string): number {
  const hash = hashOf(name);
  return fieldNameIndex(Buffer.from(`a: b\r\n${name}: c`), 6, 6 + name.length, hash);
}

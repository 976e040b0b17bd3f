import assert from "node:assert/strict";
import { test } from "node:test";
import { redactForm } from "./redact-form.ts";
import { SecretNames } from "./secret-names.ts";

const NAMES = new SecretNames(["iban"]);

function redacted(text: string): string {
  return redactForm(text, NAMES).text;
}

test("values of secret names are left out, all else stays as it was written", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["user=ann%20b&password=ZZ&n=+1", "user=ann%20b&password=<redacted>&n=+1"],
    ["pass%77ord=ZZ", "pass%77ord=<redacted>"],
    ["%70%61ssword=ZZ", "%70%61ssword=<redacted>"],
    ["p%u0061ssword=ZZ", "p%u0061ssword=<redacted>"],
    ["PassWord=ZZ&Iban=ZZ", "PassWord=<redacted>&Iban=<redacted>"],
    ["user[password]=ZZ&user[name]=a", "user[password]=<redacted>&user[name]=a"],
    ["user%5Bpassword%5D=ZZ", "user%5Bpassword%5D=<redacted>"],
    [
      "user.password=ZZ&grant_type=a&code=ZZ",
      "user.password=<redacted>&grant_type=a&code=<redacted>",
    ],
    ["password=ZZ&password=ZZ", "password=<redacted>&password=<redacted>"],
    ["a=1;password=ZZ;ZZ&b=2", "a=1;password=<redacted>&b=2"],
    ["a=&&b=2\r\n", "a=&&b=2"],
    ["password=a=ZZ", "password=<redacted>"],
  ];
  for (const [text, shown] of cases) assert.equal(redacted(text), shown);
});

test("what has no name is not shown", () => {
  assert.equal(redacted("ZZ"), "<redacted>");
  assert.equal(redacted("a=1&ZZ"), "a=1&<redacted>");
});

test("nothing is shown from what is no form on", () => {
  const texts = ["{password:ZZ}", "<p>ZZ", "a b=ZZ", "=ZZ", "a=1\npassword=ZZ", "pass word ZZ"];
  for (const text of texts) assert.deepEqual(redactForm(text, NAMES), { text: "", isCut: true });
  assert.deepEqual(redactForm("a=1&<p>=ZZ&b=2", NAMES), { text: "a=1", isCut: true });
});

test("JSON in a value has no secrets either", () => {
  const value = encodeURIComponent('{"password":"ZZ","user":"ann"}');
  const told = redacted(`payload=${value}&n=1`);
  assert.equal(decodeURIComponent(told), 'payload={"password":"<redacted>","user":"ann"}&n=1');
  assert.doesNotMatch(redacted(`payload=${value.slice(0, 40)}`), /Z/);
});

test("wherever it is cut off, no part of a secret is left", () => {
  const text = "user=ann&pass%77ord=ZZ%5AZ&user[token]=ZZ;ZZ&a=1;pin=ZZ&n=2";
  for (let end = 0; end <= text.length; end++) {
    assert.doesNotMatch(redacted(text.slice(0, end)), /Z|5A/, `cut at ${end}`);
  }
});

// What took time that grows faster than the text would take hours here.
test("however it is made, it is read to its end", () => {
  for (const part of ["%", "%7", "a;", ";=", "[", "?", "\n", "a=", "&", "%61"]) {
    const text = part.repeat(1_000_000);
    assert.ok(redacted(text).length <= 20 * text.length, JSON.stringify(part));
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { redactJson } from "./redact-json.ts";
import { SecretNames } from "./secret-names.ts";

const NAMES = new SecretNames(["Iban"]);

function redacted(text: string): string {
  return redactJson(text, NAMES).text;
}

test("values of secret names are left out, all else stays as it was written", () => {
  const text = '{ "user":"ann",\n\t"password" : "hush", "n":[1,-2.5e3,true,null,"\\u0041\\/"] }';
  assert.equal(redacted(text), text.replace('"hush"', '"<redacted>"'));
  assert.equal(redactJson(text, NAMES).isCut, false);
});

test("case, dashes and underscores make no difference, and documents add names", () => {
  for (const name of ["PASSWORD", "accessToken", "access-token", "Api_Key", "IBAN", "cardNumber"]) {
    assert.equal(redacted(`{"${name}":"hush"}`), `{"${name}":"<redacted>"}`);
  }
  for (const name of ["tokens_used", "passwordless", "code", "key", "author"]) {
    assert.equal(redacted(`{"${name}":"seen"}`), `{"${name}":"seen"}`);
  }
  assert.equal(redacted('{"user.password":"hush"}'), '{"user.password":"<redacted>"}');
});

test("a name is found however it is escaped", () => {
  for (const name of ["pass\\u0077ord", "\\u0070assword", "pass\\u0077\\u006Frd"]) {
    assert.equal(redacted(`{"${name}":"hush"}`), `{"${name}":"<redacted>"}`);
  }
});

test("whatever the value is, all of it is left out", () => {
  const values = ['"hush"', "4711", "-1.5e9", "true", "null", '["hush",["hush"]]', "[]", "{}"];
  values.push('{"a":{"b":["hush"]},"user":"hush"}', '"hu\\"sh"', '"\\\\"');
  for (const value of values) {
    const text = `{"a":1,"token":${value},"b":2}`;
    assert.equal(redacted(text), '{"a":1,"token":"<redacted>","b":2}', value);
  }
});

test("in objects, in lists, and each time that a name is repeated", () => {
  assert.equal(
    redacted('[{"a":[{"password":"hush"},{"password":"hush","password":["hush"]}]}]'),
    '[{"a":[{"password":"<redacted>"},{"password":"<redacted>","password":"<redacted>"}]}]',
  );
  assert.equal(redacted('{"pin":1}\n{"pin":2}\n'), '{"pin":"<redacted>"}\n{"pin":"<redacted>"}\n');
});

test("wherever it is cut off, no part of a secret is left", () => {
  const text =
    '{"user":"ann","pass\\u0077ord":"ZZ\\"ZZ","a":[{"token":["ZZ",{"x":"ZZ"}]},' +
    '{"card_number":4711}],"in":"{\\"password\\":\\"ZZ\\",' +
    '\\"n\\":\\"{\\\\\\"secret\\\\\\":\\\\\\"ZZ\\\\\\"}\\"}","url":"/?code=ZZ"}';
  for (let end = 0; end <= text.length; end++) {
    const shown = redacted(text.slice(0, end));
    assert.doesNotMatch(shown, /Z|47/, `cut at ${end}: ${shown}`);
  }
});

test("nothing is shown behind what isn't JSON", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["{password:'ZZ'}", "{"],
    ["{'password':'ZZ'}", "{"],
    ['{"a":1,}', '{"a":1,'],
    ['{"a":1 "password":"ZZ"}', '{"a":1 '],
    ['{"a":"x\n","password":"ZZ"}', '{"a":"x'],
    ['{"a":"\\q","password":"ZZ"}', '{"a":"'],
    ['{"pass\\word":"ZZ"}', "{"],
    ['{"a":01,"password":"ZZ"}', '{"a":'],
    ['{"a":NaN}', '{"a":'],
    ["// password ZZ", ""],
    [")]}',\n{}", ""],
    ["password=ZZ", ""],
    ['{"a":1]"ZZ"', '{"a":1'],
    ['{"password":[}"ZZ"', '{"password":"<redacted>"'],
    ['"password":"ZZ"', '"password"'],
  ];
  for (const [text, shown] of cases) {
    assert.deepEqual(redactJson(text, NAMES), { text: shown, isCut: true }, text);
  }
});

test("values in values end somewhere", () => {
  const deep = `${'{"a":['.repeat(5_000)}{"password":"ZZ"}`;
  const { text, isCut } = redactJson(deep, NAMES);
  assert.equal(isCut, true);
  assert.ok(text.length < 1_000);
  const muted = redactJson(`{"token":${"[".repeat(30_000)}"ZZ"`, NAMES);
  assert.deepEqual(muted, { text: '{"token":"<redacted>"', isCut: true });
});

test("a huge name is a name", () => {
  const name = "x".repeat(60_000);
  assert.equal(redacted(`{"${name}":"seen","pwd":"ZZ"}`), `{"${name}":"seen","pwd":"<redacted>"}`);
  const hidden = "\\u0070assword".padEnd(60_000, "_");
  assert.doesNotMatch(redacted(`{"${hidden}":"ZZ"}`), /ZZ/);
});

test("JSON in a text has no secrets either, however often it is written into another", () => {
  let text = '{"password":"ZZ"}';
  for (let i = 0; i < 8; i++) {
    text = JSON.stringify({ message: text });
    assert.doesNotMatch(redacted(text), /ZZ/);
  }
  assert.equal(redacted('{"message":"[INFO] hello {id}"}'), '{"message":"[INFO] hello {id}"}');
});

test("addresses and forms in texts have no secret parameters", () => {
  const text = '{"url":"https://a/?x=1&X-Amz-Signature=ZZ#token=ZZ","body":"user=a&pass%77ord=ZZ"}';
  assert.equal(
    redacted(text),
    '{"url":"https://a/?x=1&X-Amz-Signature=<redacted>#token=<redacted>",' +
      '"body":"user=a&pass%77ord=<redacted>"}',
  );
});

test("of any JSON, cut off anywhere, no part of a secret is left", () => {
  const seen = fc.oneof(fc.stringMatching(/^[ -Y[-~]*$/), fc.integer({ max: 0 }), fc.boolean());
  const hidden = fc.oneof(fc.constant("ZZ"), fc.array(fc.constant("Z")), fc.constant({ a: "Z" }));
  const name = fc.stringMatching(/^[a-m]{1,3}$/);
  const secret = fc.constantFrom("password", "Access-Token", "x.cvv", "a[pin]");
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, seen, tie("list"), tie("members"), tie("text")),
    list: fc.array(tie("tree"), { maxLength: 3 }),
    members: fc
      .tuple(fc.dictionary(name, tie("tree"), { maxKeys: 3 }), fc.dictionary(secret, hidden))
      .map(([open, secrets]) => ({ ...open, ...secrets })),
    text: tie("members").map((members) => JSON.stringify(members)),
  }));
  fc.assert(
    fc.property(tree, fc.nat(), (value, at) => {
      const text = JSON.stringify(value);
      const shown = redacted(text.slice(0, at % (text.length + 1)));
      assert.doesNotMatch(shown, /Z/, `${text} cut off: ${shown}`);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test("any JSON without secrets comes back as it was, and with them as JSON", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      const { text: shown, isCut } = redactJson(`{"seen":${text},"token":${text}}`, NAMES);
      assert.equal(isCut, false);
      const parsed = JSON.parse(shown) as { seen: unknown; token: unknown };
      assert.equal(parsed.token, "<redacted>");
    }),
    { seed: 1, numRuns: 300 },
  );
});

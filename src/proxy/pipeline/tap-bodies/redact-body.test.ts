import assert from "node:assert/strict";
import { test } from "node:test";
import type { TapBodies } from "#snapshot/tap-plan.ts";
import { redactBody, type SentBody } from "./redact-body.ts";
import { SecretNames } from "./secret-names.ts";

const NAMES = new SecretNames();
const JSON_TYPE = "application/json; charset=utf-8";
const FORM_TYPE = "application/x-www-form-urlencoded";

function shown(
  text: string | Uint8Array,
  more: Partial<SentBody> = {},
  allowed: TapBodies = "all",
) {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const body = { bytes, isWhole: true, contentType: JSON_TYPE, contentEncoding: "", ...more };
  return redactBody(body, allowed, NAMES);
}

test("nothing is shown that no document allows", () => {
  const types = [JSON_TYPE, FORM_TYPE, "text/plain", "text/html", "application/grpc", ""];
  const allowed = (level: TapBodies) =>
    types.filter((contentType) => shown("{}", { contentType }, level).kind !== "withheld");
  assert.deepEqual(allowed("none"), []);
  assert.deepEqual(allowed("structured"), [JSON_TYPE, FORM_TYPE]);
  assert.deepEqual(allowed("text"), [JSON_TYPE, FORM_TYPE, "text/plain", "text/html"]);
  assert.deepEqual(allowed("all"), types);
  assert.equal(shown("{}", {}, "some" as TapBodies).kind, "withheld");
  const multipart = { contentType: "multipart/form-data; boundary=a" };
  assert.equal(shown("--a", multipart, "text").kind, "withheld");
});

test("JSON whose type says that it is something else has no secrets all the same", () => {
  const secret = '{"password":"hush","user":"ann"}';
  const types = [FORM_TYPE, "text/plain", "application/octet-stream", "", "text/html", "%%%"];
  for (const contentType of types) {
    const body = shown(secret, { contentType });
    assert.equal(body.kind === "text" && body.text, '{"password":"<redacted>","user":"ann"}');
  }
});

test("a form whose type says that it is something else has no secrets all the same", () => {
  for (const contentType of ["text/plain", "application/octet-stream", ""]) {
    const body = shown("user=ann&password=hush", { contentType });
    assert.equal(body.kind === "text" && body.text, "user=ann&password=<redacted>");
  }
  // As JSON it is none from its first character on.
  assert.deepEqual(shown("user=ann&password=hush"), { kind: "text", text: "", isCut: true });
});

test("what is JSON or a form and can't be read is never shown, whatever is allowed", () => {
  const encodings = ["gzip", "br", "deflate", "zstd", "GZIP", "gzip, identity"];
  for (const contentEncoding of encodings) {
    for (const contentType of [JSON_TYPE, FORM_TYPE, "application/problem+json"]) {
      const body = shown("{}", { contentType, contentEncoding });
      assert.deepEqual(body, { kind: "withheld", reason: "encoded" });
    }
  }
  const latin = Buffer.from('{"name":"\xe9"}', "latin1");
  assert.deepEqual(shown(latin), { kind: "withheld", reason: "unreadable" });
  const wide = Buffer.from('{"password":"hush"}', "utf16le");
  const told = shown(wide, { contentType: "application/json; charset=utf-16" });
  assert.deepEqual(told, { kind: "text", text: "{", isCut: true });
});

test("text in characters that we don't read is no text", () => {
  const wide = Buffer.from('{"password":"hush"}', "utf16le");
  const contentType = "text/plain; charset=utf-16";
  assert.deepEqual(shown(wide, { contentType }, "text"), { kind: "withheld", reason: "forbidden" });
  const latin = Buffer.from("caf\xe9", "latin1");
  const plain = { contentType: "text/plain" };
  assert.deepEqual(shown(latin, plain, "text"), { kind: "withheld", reason: "unreadable" });
  assert.deepEqual(shown(latin, plain, "all"), { kind: "bytes" });
});

test("other text is shown as it is, and what is compressed only with everything", () => {
  const html = { contentType: "text/html; charset=UTF-8" };
  assert.deepEqual(shown("<p>hi</p>", html, "text"), {
    ...{ kind: "text", text: "<p>hi</p>", isCut: false },
  });
  const gzip = { ...html, contentEncoding: "gzip" };
  assert.deepEqual(shown("…", gzip, "text"), { kind: "withheld", reason: "forbidden" });
  assert.deepEqual(shown("…", gzip, "all"), { kind: "bytes" });
  assert.equal(shown("…", { ...html, contentEncoding: "identity" }, "text").kind, "text");
});

test("a character that is cut off is left out, and one that ends early is none", () => {
  const bytes = Buffer.from('{"a":"é').subarray(0, -1);
  const cut = shown(bytes, { isWhole: false });
  assert.deepEqual(cut, { kind: "text", text: '{"a":"', isCut: false });
  assert.equal(shown(bytes).kind, "withheld");
});

test("a mark of the byte order hides nothing", () => {
  const body = shown('\ufeff{"password":"hush"}', { contentType: "text/plain" });
  assert.equal(body.kind === "text" && body.text, '{"password":"<redacted>"}');
});

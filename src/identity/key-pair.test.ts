import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { test } from "node:test";
import { keyFingerprint } from "./key-fingerprint.ts";
import { generateKeyPem } from "./key-pair.ts";

test("a generated key is an EC key on P-256, and no two are the same", () => {
  const pem = generateKeyPem();
  assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
  assert.equal(createPrivateKey(pem).asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.notEqual(pem, generateKeyPem());
});

test("a fingerprint is that of the public half, however the key is given", () => {
  const pem = generateKeyPem();
  const fingerprint = keyFingerprint(pem);
  assert.match(fingerprint, /^[0-9a-f]{64}$/);
  assert.equal(keyFingerprint(createPrivateKey(pem)), fingerprint);
  assert.equal(keyFingerprint(createPublicKey(pem)), fingerprint);
  assert.notEqual(keyFingerprint(generateKeyPem()), fingerprint);
});

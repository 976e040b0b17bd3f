import "reflect-metadata";
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { test } from "node:test";
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { certificateRequest } from "./certificate-request.ts";
import { generateKeyPem } from "./key-pair.ts";

const CART = { trustDomain: "mesh.local", namespace: "shop", serviceAccount: "cart" };

test("a request is signed by its own key and asks for one URI and no subject", async () => {
  const keyPem = generateKeyPem();
  const request = new Pkcs10CertificateRequest(certificateRequest(keyPem, CART));
  assert.equal(await request.verify(), true);
  assert.equal(request.subject, "");
  assert.deepEqual(
    Buffer.from(request.publicKey.rawData),
    createPublicKey(keyPem).export({ type: "spki", format: "der" }),
  );
  assert.equal(request.extensions.length, 1);
  const extension = request.getExtension("2.5.29.17");
  assert.equal(extension?.critical, true);
  assert.deepEqual(new SubjectAlternativeNameExtension(extension.rawData).names.toJSON(), [
    { type: "url", value: "spiffe://mesh.local/ns/shop/sa/cart" },
  ]);
});

test("a request for a long identity is still well formed", async () => {
  const serviceAccount = ["a", "b", "c"].map((letter) => letter.repeat(63)).join(".");
  const pem = certificateRequest(generateKeyPem(), { ...CART, serviceAccount });
  assert.equal(await new Pkcs10CertificateRequest(pem).verify(), true);
});

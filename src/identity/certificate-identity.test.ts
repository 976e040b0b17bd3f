import "reflect-metadata";
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { BasicConstraintsExtension, Extension, X509CertificateGenerator } from "@peculiar/x509";
import { identityOf } from "./certificate-identity.ts";
import { der } from "./der.ts";

const CART = "spiffe://mesh.local/ns/shop/sa/cart";
const URI = 6;
const DNS = 2;
const EMAIL = 1;

test("a certificate with one URI is who that URI says", async () => {
  const certificate = await certificateNaming([name(URI, CART)]);
  assert.deepEqual(identityOf(certificate), {
    trustDomain: "mesh.local",
    namespace: "shop",
    serviceAccount: "cart",
  });
});

test("a certificate with any other name beside the URI is nobody", async () => {
  const other = der.constructed(0, der.oid("1.3.6.1.4.1.1"), der.constructed(0, utf8(CART)));
  const beside = [
    [],
    [name(DNS, CART)],
    [name(EMAIL, CART)],
    [name(URI, CART), name(URI, CART)],
    [name(URI, CART), name(DNS, "web.shop")],
    [name(DNS, "web.shop"), name(URI, CART)],
    [other],
    [other, name(URI, CART)],
    [name(URI, CART), other],
    [name(URI, CART), der.primitive(7, Uint8Array.of(127, 0, 0, 1))],
  ];
  for (const names of beside) {
    const certificate = await certificateNaming(names);
    assert.equal(identityOf(certificate), undefined, `${certificate.subjectAltName}`);
  }
});

test("a URI that hides something is nobody", async () => {
  const hiding = [
    `${CART}\u0000.evil`,
    `${CART}\u0000`,
    `\u0000${CART}`,
    `${CART}, URI:${CART}`,
    `x, URI:${CART}`,
    `"${CART}"`,
    `${CART}\n`,
    `${CART}\u00ff`,
    `${CART}'`,
    "",
  ];
  for (const uri of hiding) {
    const certificate = await certificateNaming([name(URI, uri)]);
    assert.equal(identityOf(certificate), undefined, JSON.stringify(uri));
  }
});

test("an authority's certificate is nobody, and neither is one without names", async () => {
  const authority = await certificate([altNames([name(URI, CART)]), basicConstraints]);
  assert.equal(identityOf(authority), undefined);
  assert.equal(identityOf(await certificate([])), undefined);
});

const basicConstraints = new BasicConstraintsExtension(true, 0, true);

function name(tag: number, text: string): Uint8Array {
  return der.primitive(tag, Buffer.from(text, "latin1"));
}

function utf8(text: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x0c, text.length), Buffer.from(text)]);
}

function altNames(names: readonly Uint8Array[]): Extension {
  return new Extension("2.5.29.17", true, Uint8Array.from(der.sequence(...names)));
}

function certificateNaming(names: readonly Uint8Array[]): Promise<X509Certificate> {
  return certificate([altNames(names)]);
}

async function certificate(extensions: Extension[]): Promise<X509Certificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "",
    notBefore: new Date("2026-01-01"),
    notAfter: new Date("2036-01-01"),
    signingAlgorithm: algorithm,
    keys,
    extensions,
  });
  return new X509Certificate(Buffer.from(made.rawData));
}

import "reflect-metadata";
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  BasicConstraintsExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from "@peculiar/x509";
import { FakeClock } from "#base/fake-clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { identityOf } from "#identity/certificate-identity.ts";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { Authority } from "./authority.ts";

const DAY_MS = 86_400_000;
const CART = { trustDomain: "mesh.local", namespace: "shop", serviceAccount: "cart" };
const CART_URI = "spiffe://mesh.local/ns/shop/sa/cart";

test("a leaf carries the identity it was signed for, for a day, and nothing else", async (t) => {
  const clock = new FakeClock();
  const authority = await opened(folderFor(t), clock);
  const keyPem = generateKeyPem();
  const { certificate, notAfterMs } = await issued(authority, keyPem);
  const leaf = new X509Certificate(certificate);
  const root = new X509Certificate(authority.trust[0]!);
  assert.deepEqual(identityOf(leaf), CART);
  assert.ok(leaf.checkIssued(root) && leaf.verify(root.publicKey));
  assert.equal(leaf.subject, undefined);
  assert.equal(leaf.ca, false);
  assert.equal(leaf.validFromDate.getTime(), clock.wallMs() - 60_000);
  assert.equal(leaf.validToDate.getTime(), clock.wallMs() + DAY_MS);
  assert.equal(notAfterMs, clock.wallMs() + DAY_MS);
  assert.deepEqual([...leaf.keyUsage!].sort(), ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  assert.equal(leaf.serialNumber.length, 34);
  assert.notEqual(
    leaf.serialNumber,
    new X509Certificate((await issued(authority, keyPem)).certificate).serialNumber,
  );
});

test("the root vouches for one trust domain for ten years; its key is ours alone", async (t) => {
  const folder = folderFor(t);
  const clock = new FakeClock();
  const root = new X509Certificate((await opened(folder, clock)).trust[0]!);
  assert.equal(root.ca, true);
  assert.equal(root.subjectAltName, "URI:spiffe://mesh.local");
  assert.equal(identityOf(root), undefined);
  assert.ok(root.validToDate.getTime() > clock.wallMs() + 3650 * DAY_MS);
  assert.equal(statSync(join(folder, "root.key")).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test("a restart finds the same root, also after a crash between key and certificate", async (t) => {
  const folder = folderFor(t);
  const [first] = (await opened(folder)).trust;
  assert.deepEqual((await opened(folder)).trust, [first]);
  const key = readFileSync(join(folder, "root.key"), "utf8");
  rmSync(join(folder, "root.pem"));
  const [second] = (await opened(folder)).trust;
  assert.equal(readFileSync(join(folder, "root.key"), "utf8"), key);
  assert.deepEqual(
    new X509Certificate(second!).publicKey.export({ type: "spki", format: "der" }),
    new X509Certificate(first!).publicKey.export({ type: "spki", format: "der" }),
  );
});

test("a root that others can read, or write beside, is refused with the remedy", async (t) => {
  const folder = folderFor(t);
  await opened(folder);
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(join(folder, "root.key"), mode);
    assert.match(await refusal(folder), /root\.key" \(mode 06\d\d\): chmod 600/);
  }
  chmodSync(join(folder, "root.key"), 0o600);
  chmodSync(folder, 0o777);
  assert.match(await refusal(folder), /chmod 700/);
  chmodSync(folder, 0o700);
  await opened(folder);
});

test("a root whose key or certificate is damaged, missing or strange is refused", async (t) => {
  const folder = folderFor(t);
  await opened(folder);
  const key = join(folder, "root.key");
  const certificate = join(folder, "root.pem");
  const [goodKey, goodCertificate] = [readFileSync(key), readFileSync(certificate)];
  writeFileSync(key, goodKey.subarray(0, 60));
  assert.match(await refusal(folder), /root\.key" is damaged/);
  writeFileSync(key, generateKeyPem());
  assert.match(await refusal(folder), /does not belong to the key beside it/);
  rmSync(key);
  assert.match(await refusal(folder), /its key "[^"]+root\.key" is not: put the key back/);
  writeFileSync(key, goodKey, { mode: 0o600 });
  writeFileSync(certificate, goodCertificate.subarray(0, 90));
  assert.match(await refusal(folder), /root\.pem" is damaged/);
  writeFileSync(certificate, goodCertificate);
  assert.match(await refusal(folder, "other.local"), /not the root of trust domain "other\.local"/);
  assert.match(await refusal(join(key, "below")), /Cannot use the mesh's root: ENOTDIR/);
  await opened(folder);
});

test("a request that was changed after it was signed is refused", async (t) => {
  const authority = await opened(folderFor(t));
  const pem = certificateRequest(generateKeyPem(), CART);
  const bytes = Buffer.from(pem.replace(/-----.*-----|\n/g, ""), "base64");
  // Before it the length of the whole, after it the signature: there not every bit counts.
  const signed = { from: 4, to: bytes.length - 90 };
  for (let at = signed.from; at < signed.to; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 0x01;
    assert.equal((await authority.sign(pemOf(changed), CART)).kind, "refused", `byte ${at}`);
  }
  assert.equal((await authority.sign(pem, CART)).kind, "issued");
});

test("a request for somebody else, or by an unfit key, is refused", async (t) => {
  const authority = await opened(folderFor(t));
  const admin = { ...CART, serviceAccount: "admin" };
  assert.match(await refusedSigning(certificateRequest(generateKeyPem(), admin)), /another name/);
  assert.match(await refusedSigning(await foreign({ names: [CART_URI, "x"] })), /another name/);
  assert.match(await refusedSigning(await foreign({ dns: "cart.shop" })), /another name/);
  assert.match(await refusedSigning(await foreign({ curve: "P-384" })), /not an EC key on P-256/);
  assert.match(await refusedSigning(await foreign({ hash: "SHA-1" })), /signed with SHA-256/);
  assert.match(await refusedSigning("nonsense"), /no PKCS#10 request/);
  assert.match(await refusedSigning("x".repeat(10_000)), /longer than 8192/);
  const elsewhere = await authority.sign(await foreign({}), { ...CART, trustDomain: "x.local" });
  assert.equal(elsewhere.kind, "refused");

  async function refusedSigning(pem: string): Promise<string> {
    const signing = await authority.sign(pem, CART);
    assert.equal(signing.kind, "refused");
    return signing.reason;
  }
});

test("a request that asks to be an authority gets an ordinary leaf", async (t) => {
  const authority = await opened(folderFor(t));
  const signing = await authority.sign(await foreign({ names: [CART_URI], ca: true }), CART);
  assert.equal(signing.kind, "issued");
  assert.equal(new X509Certificate(signing.certificate).ca, false);
});

test("a leaf never outlives the root", async (t) => {
  const folder = folderFor(t);
  const clock = new FakeClock();
  const authority = await opened(folder, clock);
  const rootEndMs = new X509Certificate(authority.trust[0]!).validToDate.getTime();
  clock.advance(rootEndMs - clock.wallMs() - 1000);
  assert.equal((await issued(authority, generateKeyPem())).notAfterMs, rootEndMs);
  clock.advance(2000);
  assert.match(await refusal(folder, "mesh.local", clock), /expired on 20/);
});

type Foreign = {
  readonly names?: readonly string[];
  readonly dns?: string;
  readonly curve?: string;
  readonly hash?: string;
  readonly ca?: boolean;
};

async function foreign(request: Foreign): Promise<string> {
  const namedCurve = request.curve ?? "P-256";
  const algorithm = { name: "ECDSA", namedCurve, hash: request.hash ?? "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const names = (request.names ?? [CART_URI]).map((value) => ({ type: "url", value }) as const);
  const dns = request.dns ? [{ type: "dns", value: request.dns } as const] : [];
  const made = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([...names, ...dns]),
      ...(request.ca ? [new BasicConstraintsExtension(true, 5, true)] : []),
    ],
  });
  return made.toString("pem");
}

function pemOf(bytes: Buffer): string {
  const label = "CERTIFICATE REQUEST";
  return `-----BEGIN ${label}-----\n${bytes.toString("base64")}\n-----END ${label}-----\n`;
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-authority-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "authority");
}

function open(folder: string, trustDomain = "mesh.local", clock = new FakeClock()) {
  const log = silentLog;
  const certificateLifeMs = DAY_MS;
  return Authority.open({ files: systemFiles, folder, clock, trustDomain, certificateLifeMs, log });
}

async function opened(folder: string, clock = new FakeClock()): Promise<Authority> {
  const opening = await open(folder, "mesh.local", clock);
  assert.equal(opening.kind, "opened", opening.kind === "refused" ? opening.reason : "");
  return opening.authority;
}

async function refusal(folder: string, domain?: string, clock?: FakeClock): Promise<string> {
  const opening = await open(folder, domain, clock);
  assert.equal(opening.kind, "refused");
  return opening.reason;
}

async function issued(authority: Authority, keyPem: string) {
  const signing = await authority.sign(certificateRequest(keyPem, CART), CART);
  assert.equal(signing.kind, "issued", signing.kind === "refused" ? signing.reason : "");
  return signing;
}

test("a server's certificate has names of DNS, no identity, and serves only", async (t) => {
  const clock = new FakeClock();
  const authority = await opened(folderFor(t), clock);
  const request = { keyPem: generateKeyPem(), names: ["a.svc", "10.0.0.1"], lifeMs: DAY_MS / 2 };
  const { certificate, notAfterMs } = await authority.signServer(request);
  const leaf = new X509Certificate(certificate);
  const root = new X509Certificate(authority.trust[0]!);
  assert.ok(leaf.checkIssued(root) && leaf.verify(root.publicKey));
  assert.equal(leaf.subjectAltName, "DNS:a.svc, IP Address:10.0.0.1");
  assert.equal(identityOf(leaf), undefined);
  assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.equal(notAfterMs, clock.wallMs() + DAY_MS / 2);
});

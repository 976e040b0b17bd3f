import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { Authority } from "#control/authority/authority.ts";
import { readCertificateRequest } from "#control/authority/certificate-request-reading.ts";
import { certificateRequest } from "#identity/certificate-request.ts";
import { keyFingerprint } from "#identity/key-fingerprint.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { parseSpiffeId } from "#identity/spiffe-id.ts";
import { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import { credentialsOf } from "#proxy/tls/credentials.ts";
import { CredentialsFile } from "#proxy/tls/credentials-file.ts";
import { CART, credentials, dial, MeshFixture, slotWith, WEB } from "./support/mesh-fixture.ts";
import { type Material, TestAuthority } from "./support/test-authority.ts";

const authority = await TestAuthority.create();
const cart = await authority.issue({ uris: [CART] });
const web = await authority.issue({ uris: [WEB] });

test("what the authority signs makes two proxies trust each other", async (t) => {
  const opening = await Authority.open({
    files: systemFiles,
    folder: join(folderFor(t), "authority"),
    clock: systemClock,
    trustDomain: "mesh.local",
    certificateLifeMs: 86_400_000,
    log: silentLog,
  });
  assert.equal(opening.kind, "opened");
  const issue = async (uri: string): Promise<Material> => {
    const keyPem = generateKeyPem();
    const id = parseSpiffeId(uri)!;
    const request = certificateRequest(keyPem, id);
    const reading = await readCertificateRequest(request);
    assert.equal(reading.kind === "valid" && reading.fingerprint, keyFingerprint(keyPem));
    const signing = await opening.authority.sign(request, id);
    assert.equal(signing.kind, "issued");
    return { keyPem, certificatePem: signing.certificate, trustPem: opening.authority.trust };
  };
  const mesh = await MeshFixture.listen(t, slotWith(await issue(CART)));
  const dialled = await dial(t, mesh.target, { slot: slotWith(await issue(WEB)) });
  assert.equal(dialled.kind === "connected" && dialled.peer.identity, CART);
  await mesh.until(({ accepted }) => accepted.length === 1);
  assert.equal(mesh.accepted[0]?.peer.identity, WEB);
});

test("credentials say whose they are and for how long", () => {
  const read = credentials(cart);
  assert.equal(read.identity, CART);
  assert.equal(read.notAfterMs - read.notBeforeMs, 7_200_000);
});

test("parts that don't belong together are no credentials", async () => {
  const foreign = await TestAuthority.create();
  const nobody = await authority.issue({ uris: [CART, WEB] });
  const { keyPem, certificatePem, trustPem } = cart;
  const reasons: readonly (readonly [Material, RegExp])[] = [
    [{ keyPem: "x", certificatePem, trustPem }, /^the key is damaged$/],
    [{ keyPem, certificatePem: "x", trustPem }, /^the certificate is damaged$/],
    [{ keyPem, certificatePem: certificatePem.replace("MII", "MIX"), trustPem }, /damaged/],
    [{ ...cart, keyPem: web.keyPem }, /belongs to another key/],
    [{ ...cart, trustPem: [] }, /no root that we trust/],
    [{ ...cart, trustPem: ["x"] }, /no root that we trust/],
    [{ ...cart, trustPem: [foreign.rootPem] }, /no root that we trust/],
    // A leaf vouches for nobody, not even for itself.
    [{ ...cart, trustPem: [certificatePem] }, /no root that we trust/],
    [nobody, /carries no identity but "URI:/],
  ];
  for (const [parts, expected] of reasons) {
    const reading = credentialsOf(parts.keyPem, parts.certificatePem, parts.trustPem);
    assert.equal(reading.kind, "invalid");
    assert.match(reading.reason, expected);
  }
});

test("credentials survive a restart, readable by us alone", (t) => {
  const folder = folderFor(t);
  const file = new CredentialsFile(systemFiles, folder);
  assert.equal(file.read(), undefined);
  file.write(credentials(cart));
  const path = join(folder, "credentials.json");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(file.read(), { kind: "valid", credentials: credentials(cart) });
  file.write(credentials(web));
  assert.deepEqual(file.read(), { kind: "valid", credentials: credentials(web) });
});

test("credentials that others could read, or that are damaged, are not used", (t) => {
  const folder = folderFor(t);
  const file = new CredentialsFile(systemFiles, folder);
  const path = join(folder, "credentials.json");
  file.write(credentials(cart));
  const good = readFileSync(path, "utf8");
  const reasonOf = () => {
    const reading = file.read();
    assert.equal(reading?.kind, "invalid");
    return reading.reason;
  };
  for (const damaged of ["", good.slice(0, -9), "[]", "null", '{"key":1}']) {
    writeFileSync(path, damaged);
    assert.equal(reasonOf(), `Cannot use "${path}": it is damaged`);
  }
  const mixed = { ...JSON.parse(good), key: web.keyPem };
  writeFileSync(path, JSON.stringify(mixed));
  assert.match(reasonOf(), /belongs to another key$/);
  writeFileSync(path, good);
  chmodSync(path, 0o644);
  assert.match(reasonOf(), /others may read it/);
});

test("whoever listens to a slot hears of every replacement until he stops", () => {
  const slot = new CredentialSlot();
  const identityNow = () => slot.current?.identity;
  assert.equal(identityNow(), undefined);
  const heard: string[] = [];
  const stop = slot.onReplace(({ identity }) => heard.push(identity));
  slot.replace(credentials(cart));
  assert.equal(identityNow(), CART);
  stop();
  slot.replace(credentials(web));
  assert.deepEqual(heard, [CART]);
});

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-credentials-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

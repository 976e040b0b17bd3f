// A small CA for tests, which also makes what the real one never would: certificates that have
// expired, carry strange names, or hang below an intermediate.

import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const HOUR_MS = 3_600_000;
const AUTHORITY_LIFE = { lifeMs: 100 * HOUR_MS };
const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const TLS_USES = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];

export type Material = {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly trustPem: readonly string[];
};

export type LeafRequest = {
  readonly uris: readonly string[];
  readonly dns?: readonly string[];
  readonly fromMs?: number; // from now
  readonly lifeMs?: number;
  readonly uses?: readonly string[];
};

type Issuer = { readonly name: string; readonly keys: webcrypto.CryptoKeyPair; pem: string };

export class TestAuthority {
  readonly #root: Issuer;
  // Certificates between the root and the leaves.
  readonly #between: string;
  readonly #issuer: Issuer;

  private constructor(root: Issuer, issuer: Issuer, between: string) {
    this.#root = root;
    this.#issuer = issuer;
    this.#between = between;
  }

  static async create(name = "Test root"): Promise<TestAuthority> {
    const root = { name: `CN=${name}`, keys: await generateKeys(), pem: "" };
    root.pem = await certificate(root, root, authorityExtensions(), AUTHORITY_LIFE);
    return new TestAuthority(root, root, "");
  }

  // One that issues below this one.
  async intermediate(): Promise<TestAuthority> {
    const issuer = { name: "CN=Test intermediate", keys: await generateKeys(), pem: "" };
    issuer.pem = await certificate(issuer, this.#issuer, authorityExtensions(), AUTHORITY_LIFE);
    return new TestAuthority(this.#root, issuer, issuer.pem + this.#between);
  }

  get rootPem(): string {
    return this.#root.pem;
  }

  async issue(request: LeafRequest): Promise<Material> {
    const keys = await generateKeys();
    const names = [
      ...request.uris.map((value) => ({ type: "url", value }) as const),
      ...(request.dns ?? []).map((value) => ({ type: "dns", value }) as const),
    ];
    const extensions = [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([...(request.uses ?? TLS_USES)]),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names, true)] : []),
    ];
    const leaf = await certificate({ name: "", keys }, this.#issuer, extensions, request);
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    const keyText = Buffer.from(pkcs8).toString("base64");
    return {
      keyPem: `-----BEGIN PRIVATE KEY-----\n${keyText}\n-----END PRIVATE KEY-----\n`,
      certificatePem: leaf + this.#between,
      trustPem: [this.#root.pem],
    };
  }
}

function authorityExtensions(): Extension[] {
  return [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
  ];
}

async function certificate(
  subject: Pick<Issuer, "name" | "keys">,
  issuer: Pick<Issuer, "name" | "keys">,
  extensions: Extension[],
  { fromMs = -HOUR_MS, lifeMs = 2 * HOUR_MS }: Pick<LeafRequest, "fromMs" | "lifeMs"> = {},
): Promise<string> {
  const notBeforeMs = Date.now() + fromMs;
  const made = await X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(16).toString("hex")}`,
    subject: subject.name,
    issuer: issuer.name,
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notBeforeMs + lifeMs),
    publicKey: subject.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: SIGNING,
    extensions,
  });
  return `${made.toString("pem")}\n`;
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
}

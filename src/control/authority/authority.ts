// The mesh's certificate authority: one root, leaves for a day.
//
// It signs what it is told about a key and believes nothing else that a request says: who the
// sender is has been attested before, by a join token or by a certificate that he still has.

import type { ServerCertificate, ServerCertificateRequest } from "#identity/server-certificate.ts";
import "reflect-metadata";
import { createPublicKey } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { formatSpiffeId, type SpiffeId } from "#identity/spiffe-id.ts";
import { readCertificateRequest } from "./certificate-request-reading.ts";
import { loadRoot, type Root } from "./root-store.ts";
import { serialNumber } from "./serial-number.ts";
import { SIGNING_ALGORITHM, signingKey } from "./signing-key.ts";

export type AuthorityOptions = SigningOptions & {
  readonly files: FileSystem;
  readonly folder: string;
};

export type SigningOptions = {
  readonly clock: Clock;
  readonly trustDomain: string;
  readonly certificateLifeMs: number;
  readonly log: Log;
};

export type AuthorityOpening =
  | { readonly kind: "opened"; readonly authority: Authority }
  | { readonly kind: "refused"; readonly reason: string };

export type Signing =
  | { readonly kind: "issued"; readonly certificate: string; readonly notAfterMs: number }
  | { readonly kind: "refused"; readonly reason: string };

type Named = {
  readonly subject: string;
  readonly names: readonly { readonly type: "url" | "dns" | "ip"; readonly value: string }[];
};

const SECOND_MS = 1000;
const TLS_SERVER = "1.3.6.1.5.5.7.3.1";
const TLS_CLIENT = "1.3.6.1.5.5.7.3.2";

type SigningKey = Awaited<ReturnType<typeof signingKey>>;

export class Authority {
  // PEM of the roots that the mesh trusts.
  readonly trust: readonly string[];
  readonly #options: SigningOptions;
  readonly #root: X509Certificate;
  readonly #key: SigningKey;

  private constructor(options: SigningOptions, rootPem: string, key: SigningKey) {
    this.#options = options;
    this.#root = new X509Certificate(rootPem);
    this.#key = key;
    this.trust = [rootPem];
  }

  // Loads the root or makes it. The reason of a refusal is a sentence for people.
  static async open(options: AuthorityOptions): Promise<AuthorityOpening> {
    const loading = await loadRoot({ ...options, wallMs: options.clock.wallMs() });
    if (loading.kind === "refused") return loading;
    return { kind: "opened", authority: await Authority.withRoot(options, loading.root) };
  }

  // With a root that was found to be good.
  static async withRoot(
    options: SigningOptions,
    { keyPem, certificatePem }: Root,
  ): Promise<Authority> {
    const authority = new Authority(options, certificatePem, await signingKey(keyPem));
    options.log.info("authority is open", {
      trustDomain: options.trustDomain,
      rootNotAfter: authority.#root.notAfter.toISOString(),
    });
    return authority;
  }

  // `identity` is what the caller has proved about the sender.
  async sign(requestPem: string, identity: SpiffeId): Promise<Signing> {
    const uri = formatSpiffeId(identity);
    if (identity.trustDomain !== this.#options.trustDomain) {
      return this.#refuse(uri, `the trust domain here is "${this.#options.trustDomain}"`);
    }
    const request = await readCertificateRequest(requestPem);
    if (request.kind === "refused") return this.#refuse(uri, request.reason);
    if (!request.uris || request.uris.some((asked) => asked !== uri)) {
      return this.#refuse(uri, "it asks for another name");
    }
    const notAfterMs = this.#notAfterMs();
    // No subject: the identity is the URI, which therefore is critical (RFC 5280 §4.2.1.6).
    const named = { subject: "", names: [{ type: "url", value: uri }] } as const;
    const usages = [TLS_SERVER, TLS_CLIENT];
    const certificate = await this.#issue(request.publicKey, notAfterMs, usages, named);
    this.#options.log.info("certificate issued", {
      identity: uri,
      serialNumber: certificate.serialNumber,
      notAfter: certificate.notAfter.toISOString(),
    });
    return { kind: "issued", certificate: `${certificate.toString("pem")}\n`, notAfterMs };
  }

  // For a server of the control plane that somebody without an identity of the mesh asks by name:
  // the cluster's API server. Never for a workload.
  async signServer(request: ServerCertificateRequest): Promise<ServerCertificate> {
    const { keyPem, names, lifeMs } = request;
    const spki = createPublicKey(keyPem).export({ type: "spki", format: "der" });
    const endMs = Math.min(this.#options.clock.wallMs() + lifeMs, this.#root.notAfter.getTime());
    const notAfterMs = Math.floor(endMs / SECOND_MS) * SECOND_MS;
    const certificate = await this.#issue(Uint8Array.from(spki), notAfterMs, [TLS_SERVER], {
      subject: `CN=${names[0]}`,
      names: names.map((value) => ({ type: isIP(value) ? "ip" : "dns", value }) as const),
    });
    this.#options.log.info("server certificate issued", {
      name: names[0],
      serialNumber: certificate.serialNumber,
      notAfter: certificate.notAfter.toISOString(),
    });
    return { certificate: `${certificate.toString("pem")}\n`, notAfterMs };
  }

  // Whole seconds: a certificate holds no fraction. Never beyond the root's own end.
  #notAfterMs(): number {
    const lifeMs = this.#options.certificateLifeMs;
    const endMs = Math.floor((this.#options.clock.wallMs() + lifeMs) / SECOND_MS) * SECOND_MS;
    return Math.min(endMs, this.#root.notAfter.getTime());
  }

  async #issue(
    spki: Uint8Array<ArrayBuffer>,
    notAfterMs: number,
    usages: string[],
    { subject, names }: Named,
  ) {
    const publicKey = new PublicKey(spki);
    return X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject,
      issuer: this.#root.subjectName,
      notBefore: new Date(this.#options.clock.wallMs() - LIMITS.certificateBackdateMs),
      notAfter: new Date(notAfterMs),
      publicKey,
      signingKey: this.#key,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension(usages),
        new SubjectAlternativeNameExtension([...names], subject === ""),
        await SubjectKeyIdentifierExtension.create(publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#root.publicKey),
      ],
    });
  }

  #refuse(identity: string, reason: string): Signing {
    this.#options.log.warn("certificate request refused", { identity, reason });
    return { kind: "refused", reason: `Cannot sign the request of "${identity}": ${reason}` };
  }
}

// Gets the proxy its certificate and a new one at half of each one's life. The first is had with a
// join token, the others with the certificate before.

import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { parseSpiffeId } from "#identity/spiffe-id.ts";
import type { UpstreamConnection } from "#proxy/exchange/exchange.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import { type Credentials, credentialsOf } from "#proxy/tls/credentials.ts";
import type { CredentialsFile } from "#proxy/tls/credentials-file.ts";
import { renewAfterMs } from "#proxy/tls/renewal.ts";
import type { CertificateAnswer, CertificateRequest } from "#snapshot/messages.ts";
import { askForCertificate } from "./certificate-request-call.ts";

// Asking again for the first certificate: the control plane may be starting, too.
const JOIN_RETRY_MS = 250;

export type IdentityKeeperOptions = {
  readonly identity: string; // that we shall have
  readonly token: string | undefined;
  readonly slot: CredentialSlot;
  readonly file: CredentialsFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  // A connection for the first certificate, without one of our own.
  readonly joinConnection: () => Promise<UpstreamConnection>;
  // The control stream's connection, while there is one.
  readonly connection: () => UpstreamConnection | undefined;
};

export class IdentityKeeper {
  readonly #options: IdentityKeeperOptions;
  #timer: Timer | undefined;
  #renewals = 0;

  constructor(options: IdentityKeeperOptions) {
    this.#options = options;
  }

  get renewals(): number {
    return this.#renewals;
  }

  // Resolves as soon as there is a certificate that is valid today; undefined, or the reason why
  // there can't be one.
  async obtain(): Promise<string | undefined> {
    const saved = this.#saved();
    if (saved) {
      this.#use(saved);
      return undefined;
    }
    const { token, log } = this.#options;
    if (token === undefined) return "there is no certificate on disk and no token to get one";
    // One key for all tries: the token is bound to the first key that it is shown with.
    const keyPem = generateKeyPem();
    for (;;) {
      const answer = await this.#join(keyPem, token);
      if (answer?.kind === "refused") return answer.reason;
      const reason = answer && this.#accept(keyPem, answer);
      if (answer && reason === undefined) return undefined;
      if (reason !== undefined) log.error("The new certificate is of no use", { reason });
      await this.#pause(JOIN_RETRY_MS);
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }

  // The trust has changed: the same certificate under the new bundle.
  trust(trustPem: readonly string[]): void {
    const { slot, log } = this.#options;
    const { keyPem, certificatePem, trustPem: before } = slot.current!;
    if (trustPem.join() === before.join()) return;
    const reading = credentialsOf(keyPem, certificatePem, trustPem);
    if (reading.kind === "valid") return this.#keep(reading.credentials);
    log.error("Cannot take the new trust bundle; keeping the old", { reason: reading.reason });
  }

  #saved(): Credentials | undefined {
    const { file, identity, clock, log } = this.#options;
    const reading = file.read();
    if (!reading) return undefined;
    if (reading.kind === "invalid") {
      log.warn(reading.reason);
      return undefined;
    }
    const { credentials } = reading;
    const isUsable = credentials.identity === identity && credentials.notAfterMs > clock.wallMs();
    return isUsable ? credentials : undefined;
  }

  async #join(keyPem: string, token: string): Promise<CertificateAnswer | undefined> {
    try {
      const connection = await this.#options.joinConnection();
      const answer = await this.#ask(connection, keyPem, token);
      connection.destroy();
      return answer;
    } catch (error) {
      this.#options.log.warn("Cannot reach the control plane to join; trying again", {
        reason: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  }

  #ask(
    connection: UpstreamConnection,
    keyPem: string,
    token: string | undefined,
  ): Promise<CertificateAnswer | undefined> {
    const id = parseSpiffeId(this.#options.identity);
    if (!id) return Promise.resolve({ kind: "refused", reason: "our own identity is malformed" });
    const request: CertificateRequest = { csr: certificateRequest(keyPem, id), token };
    return askForCertificate(connection, request);
  }

  async #renew(): Promise<void> {
    const connection = this.#options.connection();
    const keyPem = generateKeyPem();
    const answer = connection && (await this.#ask(connection, keyPem, undefined));
    const reason =
      answer?.kind === "issued"
        ? this.#accept(keyPem, answer)
        : (answer?.reason ?? "the control plane is away");
    if (reason === undefined) {
      this.#renewals++;
      return;
    }
    const { log, slot } = this.#options;
    const expires = new Date(slot.current!.notAfterMs).toISOString();
    log.warn("Cannot renew the certificate yet; trying again", { reason, expires });
    this.#schedule();
  }

  // The reason where it is of no use.
  #accept(keyPem: string, answer: CertificateAnswer & { kind: "issued" }): string | undefined {
    const reading = credentialsOf(keyPem, answer.certificate, answer.trust);
    if (reading.kind === "invalid") return reading.reason;
    const { identity } = reading.credentials;
    if (identity !== this.#options.identity) return `it names ${identity}`;
    this.#keep(reading.credentials);
    return undefined;
  }

  #keep(credentials: Credentials): void {
    try {
      this.#options.file.write(credentials);
    } catch (error) {
      this.#options.log.warn("Cannot save the certificate; a restart will need the control plane", {
        error: String(error),
      });
    }
    this.#use(credentials);
  }

  #use(credentials: Credentials): void {
    this.#options.slot.replace(credentials);
    this.#schedule();
  }

  #schedule(): void {
    const { clock, random, slot } = this.#options;
    this.#timer?.cancel();
    const delayMs = renewAfterMs(slot.current!, clock.wallMs(), random);
    this.#timer = clock.after(delayMs, () => void this.#renew());
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }
}

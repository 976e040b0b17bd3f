// Gets the proxy its certificate and a new one at half of each one's life. The first is had with a
// token, the others with the certificate before; with a token again where one can be had again and
// the certificate before has not been of use in time.

import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { pause } from "#base/pause.ts";
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
const JOIN_RETRY_MOST_MS = 5_000;
// What stands in the way is said when it changes, and then so often.
const SAID_AGAIN_MS = 30_000;

export type IdentityKeeperOptions = {
  readonly identity: string; // that we shall have
  // Asked for each try.
  readonly token: () => string | undefined;
  // Others make the token and what it is checked against: what is missing or refused now may be
  // there, or hold, in a moment.
  readonly mayCome: boolean;
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

type Obstacle = {
  readonly reason: string;
  // To try again makes no difference, unless the token may come.
  readonly isFinal?: true;
};

export class IdentityKeeper {
  readonly #options: IdentityKeeperOptions;
  #timer: Timer | undefined;
  #renewals = 0;
  #isJoining = false;
  #said = "";
  #saidMs = 0;

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
    // One key for all tries: a one-time token is bound to the first key that it is shown with.
    const keyPem = generateKeyPem();
    for (let tries = 0; ; tries++) {
      const obstacle = await this.#join(keyPem);
      if (obstacle === undefined) return undefined;
      if (obstacle.isFinal && !this.#options.mayCome) return obstacle.reason;
      this.#say(obstacle.reason);
      await this.#pause(this.#options.mayCome ? tries : 0);
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }

  // The trust has changed: the same certificate under the new bundle, or another one, where that
  // leads to none of its roots: a mesh that was removed and installed anew has a new one.
  trust(trustPem: readonly string[]): void {
    const { slot, log } = this.#options;
    const { keyPem, certificatePem, trustPem: before } = slot.current!;
    if (trustPem.join() === before.join()) return;
    const reading = credentialsOf(keyPem, certificatePem, trustPem);
    if (reading.kind === "valid") return this.#keep(reading.credentials);
    if (this.#options.mayCome) void this.#joinAnew();
    else log.error("Cannot take the new trust bundle; keeping the old", { reason: reading.reason });
  }

  // Whoever finds the control plane untrusted again asks again.
  async #joinAnew(): Promise<void> {
    if (this.#isJoining) return;
    this.#isJoining = true;
    const obstacle = await this.#join(generateKeyPem());
    this.#isJoining = false;
    if (obstacle) this.#say(obstacle.reason);
    else this.#options.log.warn("The mesh has other roots; joined it anew");
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

  // What stands in the way; undefined: nothing, we have it.
  async #join(keyPem: string): Promise<Obstacle | undefined> {
    const token = this.#options.token();
    if (token === undefined) {
      return { reason: "there is no certificate on disk and no token to get one", isFinal: true };
    }
    try {
      const connection = await this.#options.joinConnection();
      const answer = await this.#ask(connection, keyPem, token);
      connection.destroy();
      if (!answer) return { reason: "the control plane broke off the conversation" };
      if (answer.kind === "refused") return { reason: answer.reason, isFinal: true };
      const flaw = this.#accept(keyPem, answer);
      return flaw === undefined
        ? undefined
        : { reason: `the new certificate is of no use: ${flaw}` };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { reason: `the control plane can't be reached: ${reason}` };
    }
  }

  #say(reason: string): void {
    const nowMs = this.#options.clock.nowMs();
    if (reason === this.#said && nowMs < this.#saidMs + SAID_AGAIN_MS) return;
    this.#said = reason;
    this.#saidMs = nowMs;
    this.#options.log.warn("Cannot join the mesh yet; trying again", { reason });
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
    const keyPem = generateKeyPem();
    const reason = await this.#renewWith(keyPem);
    if (reason === undefined) {
      this.#renewals++;
      return;
    }
    const { log, slot } = this.#options;
    const expires = new Date(slot.current!.notAfterMs).toISOString();
    log.warn("Cannot renew the certificate yet; trying again", { reason, expires });
    this.#schedule();
  }

  // The reason where it fails.
  async #renewWith(keyPem: string): Promise<string | undefined> {
    const connection = this.#options.connection();
    const answer = connection && (await this.#ask(connection, keyPem, undefined));
    if (answer?.kind === "issued") return this.#accept(keyPem, answer);
    // A certificate that has expired opens no control stream any more.
    const { mayCome, slot, clock } = this.#options;
    const hasExpired = slot.current!.notAfterMs <= clock.wallMs();
    if (mayCome && hasExpired) return (await this.#join(keyPem))?.reason;
    return answer?.reason ?? "the control plane is away";
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

  #pause(tries: number): Promise<void> {
    const { random } = this.#options;
    const mostMs = Math.min(JOIN_RETRY_MOST_MS, JOIN_RETRY_MS * 2 ** Math.min(tries, 10));
    const ms = mostMs * (0.75 + random() / 4);
    return pause(this.#options.clock, ms);
  }
}

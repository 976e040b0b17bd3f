// The control plane's own identity: it signs for itself, and anew at half life.

import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Authority } from "#control/authority/authority.ts";
import type { ControlCredentials } from "#control/distribution/control-listener.ts";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import type { SpiffeId } from "#identity/spiffe-id.ts";

const RETRY_MS = 10_000;

export class OwnCertificate {
  readonly #authority: Authority;
  readonly #identity: SpiffeId;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: Timer | undefined;

  constructor(authority: Authority, identity: SpiffeId, clock: Clock, log: Log) {
    this.#authority = authority;
    this.#identity = identity;
    this.#clock = clock;
    this.#log = log;
  }

  // `renewed` is called with each certificate after the first.
  async start(renewed: (credentials: ControlCredentials) => void): Promise<ControlCredentials> {
    const key = generateKeyPem();
    const signing = await this.#authority.sign(
      certificateRequest(key, this.#identity),
      this.#identity,
    );
    if (signing.kind === "refused") throw new Error(signing.reason);
    const lifeMs = signing.notAfterMs - this.#clock.wallMs();
    this.#timer = this.#clock.after(lifeMs / 2, () => void this.#renew(renewed));
    return { key, certificate: signing.certificate, trust: this.#authority.trust };
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #renew(renewed: (credentials: ControlCredentials) => void): Promise<void> {
    try {
      renewed(await this.start(renewed));
    } catch (error) {
      this.#log.error("Cannot renew the control plane's certificate; trying again", {
        error: String(error),
      });
      this.#timer = this.#clock.after(RETRY_MS, () => void this.#renew(renewed));
    }
  }
}

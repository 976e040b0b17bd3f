// The webhook's certificate: the mesh's authority signs it for the Service's name, and anew at half
// of its life.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import type { ServerCertificate, ServerCertificateRequest } from "#identity/server-certificate.ts";
import type { WebhookCredentials } from "./webhook-listener.ts";

export type WebhookCertificateOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly names: readonly string[];
  // Rejects where the authority can't sign.
  sign(request: ServerCertificateRequest): Promise<ServerCertificate>;
  renewed(credentials: WebhookCredentials): void;
};

export class WebhookCertificate {
  readonly #options: WebhookCertificateOptions;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: WebhookCertificateOptions) {
    this.#options = options;
  }

  // `renewed` is called with each one after this.
  async first(): Promise<WebhookCredentials> {
    const { clock, names, sign } = this.#options;
    const key = generateKeyPem();
    const lifeMs = LIMITS.webhookCertificateLifeMs;
    const { certificate, notAfterMs } = await sign({ keyPem: key, names, lifeMs });
    this.#later(Math.max((notAfterMs - clock.wallMs()) / 2, LIMITS.renewalFloorMs));
    return { key, certificate };
  }

  // Now, since the authority has another root.
  async renew(): Promise<void> {
    this.#timer?.cancel();
    try {
      this.#options.renewed(await this.first());
    } catch (error) {
      this.#options.log.error("Cannot renew the webhook's certificate; trying again", {
        error: String(error),
      });
      this.#later(LIMITS.apiPauseMostMs);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #later(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => void this.renew());
  }
}

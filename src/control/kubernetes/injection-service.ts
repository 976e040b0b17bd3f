// Injection in a cluster, put together: every replica of the control plane answers the webhook; the
// leader also keeps what the webhook and the pods trust.

import type { ServerCertificate, ServerCertificateRequest } from "#identity/server-certificate.ts";
import { CaBundle } from "./ca-bundle.ts";
import type { InjectorSettings } from "./injection/injector-settings.ts";
import type { LeaderWorld } from "./leader-world.ts";
import { Namespaces } from "./namespaces.ts";
import { answerAdmission, readAdmission } from "./review-admission.ts";
import { TrustConfigMaps } from "./trust-config-maps.ts";
import { WebhookCertificate } from "./webhook-certificate.ts";
import {
  type WebhookAnswer,
  type WebhookCredentials,
  WebhookListener,
} from "./webhook-listener.ts";

export type InjectionOptions = LeaderWorld & {
  readonly settings: InjectorSettings;
  readonly on: { readonly address: string; readonly port: number }; // 15017
  // By the mesh's authority; rejects where it can't.
  sign(request: ServerCertificateRequest): Promise<ServerCertificate>;
};

const SERVICE = "weft-control.weft-system";
const SERVER_NAMES = [`${SERVICE}.svc`, `${SERVICE}.svc.cluster.local`, SERVICE];

export class InjectionService {
  readonly #options: InjectionOptions;
  readonly #listener: WebhookListener;
  readonly #certificate: WebhookCertificate;
  readonly #namespaces: Namespaces;
  #duties: { readonly bundle: CaBundle; readonly maps: TrustConfigMaps } | undefined;
  port = 0;

  // Rejects where it can't sign or listen.
  static async start(options: InjectionOptions): Promise<InjectionService> {
    let service: InjectionService | undefined;
    const certificate = new WebhookCertificate({
      ...options,
      names: SERVER_NAMES,
      renewed: (credentials) => {
        if (service) service.#listener.replace(credentials);
      },
    });
    service = new InjectionService(options, certificate, await certificate.first());
    try {
      service.port = await service.#listener.listen(options.on);
      return service;
    } catch (error) {
      await service.close();
      throw error;
    }
  }

  private constructor(
    options: InjectionOptions,
    certificate: WebhookCertificate,
    credentials: WebhookCredentials,
  ) {
    this.#options = options;
    this.#certificate = certificate;
    this.#namespaces = new Namespaces({
      ...options,
      changed: (name) => this.#duties?.maps.namespaceChanged(name),
    });
    this.#listener = new WebhookListener(credentials, (body) => this.#review(body), options.log);
  }

  // Whenever it changes.
  lead(isLeader: boolean): void {
    if (isLeader === (this.#duties !== undefined)) return;
    if (!isLeader) return this.#rest();
    const namespaces = () => this.#namespaces.names;
    this.#duties = {
      bundle: new CaBundle(this.#options),
      maps: new TrustConfigMaps({ ...this.#options, namespaces }),
    };
  }

  // The mesh's roots are others.
  async trustChanged(): Promise<void> {
    this.#duties?.bundle.trustChanged();
    this.#duties?.maps.trustChanged();
    await this.#certificate.renew();
  }

  async close(): Promise<void> {
    this.#rest();
    this.#certificate.stop();
    this.#namespaces.stop();
    await this.#listener.close();
  }

  #rest(): void {
    this.#duties?.bundle.stop();
    this.#duties?.maps.stop();
    this.#duties = undefined;
  }

  async #review(body: unknown): Promise<WebhookAnswer> {
    const reading = readAdmission(body);
    if (reading.kind === "refused") {
      this.#options.log.warn("Refused an admission review", { reason: reading.reason });
      return { status: 400, body: { kind: "Status", message: reading.reason } };
    }
    const { request } = reading;
    const namespace = await this.#namespaces.find(request.namespace);
    if (!namespace) {
      // Not injected would mean outside the mesh, unseen: whoever makes the pod tries again.
      const message = `Cannot learn of namespace "${request.namespace}" from the API server`;
      this.#options.log.warn(message);
      return { status: 503, body: { kind: "Status", message } };
    }
    const { review, injection } = answerAdmission(request, namespace, this.#options.settings);
    this.#options.log.info(injection.kind === "injected" ? "Injected a pod" : "Left a pod alone", {
      namespace: request.namespace,
      pod: request.name,
      reason: injection.kind === "skipped" ? injection.reason : undefined,
      warnings: injection.warnings.length,
    });
    return { status: 200, body: review };
  }
}

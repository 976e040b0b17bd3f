// What a proxy serves to whoever watches it: /metrics (15020) and health (15021). It is ready when
// requests are taken and, where rules of the kernel bring them, when those are in force.

import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { RuleWatch } from "#proxy/interception/rule-watch.ts";
import { METRICS_TYPES, metricsFormatFor } from "#proxy/telemetry/metrics-format.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { Listener } from "#proxy/transport/net-listen.ts";
import type { Network } from "./network.ts";
import { OpenConnections } from "./open-connections.ts";
import { PieceWriter } from "./piece-writer.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { StatusAcceptor, type StatusPage } from "./status-acceptor.ts";

export type StatusListenersOptions = {
  readonly settings: ProxySettings;
  readonly tools: CodecTools;
  readonly telemetry: Telemetry;
  readonly network: Network;
  readonly log: Log;
  // Runs a function when all else that waits has had its turn.
  readonly later: (run: () => void) => void;
  // What requests wait for as long as they aren't taken.
  readonly missing: () => string;
  // Metrics of others.
  readonly furtherFamilies: () => Iterable<string>;
};

type Pages = ReadonlyMap<string, (head: RequestHead) => StatusPage>;

export class StatusListeners {
  readonly #options: StatusListenersOptions;
  readonly #listening: Listener[] = [];
  readonly #connections = new OpenConnections();
  readonly #rules: RuleWatch | undefined;
  readonly #pieces: PieceWriter;
  #opening: Promise<void> | undefined;
  #isServing = false;
  #isDraining = false;

  constructor(options: StatusListenersOptions) {
    this.#options = options;
    this.#rules = this.#watchRules();
    this.#pieces = new PieceWriter(options.tools.clock, options.later);
  }

  // What stands in the way of being ready.
  get obstacle(): string | undefined {
    if (this.#isDraining) return "draining";
    if (!this.#isServing) return `starting: ${this.#options.missing()}`;
    return this.#rules?.missing;
  }

  // Rejects with the system's error where it can't listen. Again: nothing more happens.
  open(): Promise<void> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  // Requests are taken from now on.
  serve(): void {
    this.#isServing = true;
  }

  announceEnd(): void {
    this.#isDraining = true;
  }

  // No new connections; those that are open go on.
  close(): void {
    this.#rules?.stop();
    for (const listener of this.#listening) listener.close();
  }

  destroy(): void {
    this.#connections.destroy();
  }

  async #open(): Promise<void> {
    const { settings, network } = this.#options;
    await this.#rules?.start();
    for (const [on, acceptor] of [
      [settings.metrics, this.#acceptor(this.#metricsPages())],
      [settings.health, await this.#withProbes(this.#acceptor(this.#healthPages()))],
    ] as const) {
      this.#listening.push(await network.listen(on, (stream) => this.#serve(stream, acceptor)));
    }
  }

  #acceptor(pages: Pages): RequestAcceptor {
    return new StatusAcceptor(pages, this.#pieces);
  }

  // Loaded only where the kubelet asks us.
  async #withProbes(pages: RequestAcceptor): Promise<RequestAcceptor> {
    const { settings, network, tools: codecs } = this.#options;
    const { probes = [], interception } = settings;
    if (probes.length === 0) return pages;
    const { ProbeAcceptor } = await import("./probes/probe-acceptor.ts");
    const addresses = interception?.addresses ?? [];
    return new ProbeAcceptor(pages, { probes, addresses, network, codecs });
  }

  #serve(stream: ByteStream, acceptor: RequestAcceptor): void {
    const { tools } = this.#options;
    this.#connections.add((closed) => new Http1ServerConnection(stream, acceptor, tools, closed));
  }

  #metricsPages(): Pages {
    const { telemetry, furtherFamilies } = this.#options;
    const metrics = ({ headers }: RequestHead): StatusPage => {
      const format = metricsFormatFor(findHeader(headers, "accept") ?? "");
      const pieces = telemetry.renderPieces(format, furtherFamilies());
      return { status: 200, type: METRICS_TYPES[format], body: pieces };
    };
    // Where Prometheus looks, and where Istio's annotations send it.
    return new Map([
      ["/metrics", metrics],
      ["/stats/prometheus", metrics],
    ]);
  }

  #healthPages(): Pages {
    const ready = (): StatusPage => {
      const { obstacle } = this;
      return obstacle === undefined ? page(200, "ready") : page(503, obstacle);
    };
    return new Map([
      ["/ready", ready],
      ["/healthz/ready", ready],
      ["/live", () => page(200, "live")],
    ]);
  }

  #watchRules(): RuleWatch | undefined {
    const { settings, network, tools, log } = this.#options;
    if (!settings.rules) return undefined;
    return new RuleWatch({
      ...settings.rules,
      clock: tools.clock,
      dial: network.dial,
      listen: network.listen,
      changed(missing) {
        if (missing === undefined) log.info("The rules of interception are in force");
        else log.warn(missing, { lookedEveryMs: LIMITS.rulesMissingMs });
      },
    });
  }
}

function page(status: number, text: string): StatusPage {
  return { status, type: "text/plain", body: `${text}\n` };
}

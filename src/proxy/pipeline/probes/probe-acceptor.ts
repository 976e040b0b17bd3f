// The health port's pages, and beside them the kubelet's probes of the pod's containers, which the
// injector has turned here (control/kubernetes/injection/rewrite-probes.ts). Loaded only where
// there are any.

import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { Network } from "#proxy/pipeline/network.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { PodProbe } from "#snapshot/pod-settings.ts";
import { askApplication, type Inquiry, type ProbeTools } from "./ask-application.ts";
import { ASKED_TOO_OFTEN, type ProbeAnswer } from "./probe-answer.ts";
import { probeDial } from "./probe-dial.ts";

export type ProbeAcceptorOptions = {
  readonly probes: readonly PodProbe[];
  readonly addresses: readonly string[]; // the pod's own
  readonly network: Network;
  readonly codecs: CodecTools;
};

type Known = { readonly probe: PodProbe; readonly tools: ProbeTools };

const USER_AGENT = "weft-probe";

export class ProbeAcceptor implements RequestAcceptor {
  readonly #pages: RequestAcceptor;
  readonly #known: ReadonlyMap<string, Known>;
  readonly #open = new Set<Inquiry>();

  constructor(pages: RequestAcceptor, options: ProbeAcceptorOptions) {
    const { probes, addresses, network, codecs } = options;
    const { clock } = codecs;
    this.#pages = pages;
    this.#known = new Map(
      probes.map((probe) => {
        const dial = probeDial(probe, addresses, network, clock);
        const address = addresses[0] ?? "127.0.0.1";
        return [probe.path, { probe, tools: { clock, codecs, dial, address } }];
      }),
    );
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const known = head.method === "GET" ? this.#known.get(head.path) : undefined;
    if (!known) return this.#pages.request(head, stream);
    if (this.#open.size >= LIMITS.probesOpenMax) {
      respond(stream, ASKED_TOO_OFTEN);
      return eventsOf(() => {});
    }
    const userAgent = findHeader(head.headers, "user-agent") ?? USER_AGENT;
    const inquiry = askApplication(known.probe, userAgent, known.tools, (answer) => {
      this.#open.delete(inquiry);
      respond(stream, answer);
    });
    this.#open.add(inquiry);
    return eventsOf(() => {
      if (this.#open.delete(inquiry)) inquiry.cancel();
    });
  }

  refuse(failure: Failure): ResponseHead {
    return this.#pages.refuse(failure);
  }

  // Nobody asks any more.
  close(): void {
    for (const inquiry of this.#open) inquiry.cancel();
    this.#open.clear();
  }
}

function eventsOf(fail: () => void): RequestEvents {
  return { data() {}, end() {}, fail, drained() {} };
}

function respond(stream: DownstreamStream, { status, text }: ProbeAnswer): void {
  const body = Buffer.from(`${text}\n`);
  const headers = ["content-type", "text/plain; charset=utf-8"];
  stream.respond({ status, headers, contentLength: body.length });
  stream.write(body);
  stream.end();
}

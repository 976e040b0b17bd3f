// Asks an application what the kubelet wants to know of it, over a connection of its own, as the
// kubelet does: a listener that takes no new ones shall not look alive by an old one.

import type { Clock } from "#base/clock.ts";
import type {
  ConnectionOwner,
  ExchangeEvents,
  UpstreamConnection,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers, ResponseHead } from "#proxy/exchange/heads.ts";
import { Http1ClientConnection } from "#proxy/http1/client-connection.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { PodProbe } from "#snapshot/pod-settings.ts";
import { decodeHealthStatus, encodeHealthRequest } from "./grpc-health.ts";
import { answered, type ProbeAnswer, silent, unreachable } from "./probe-answer.ts";
import type { ProbeDial } from "./probe-dial.ts";
import { grpcProbe, httpProbe } from "./probe-request.ts";

export type ProbeTools = {
  readonly clock: Clock;
  readonly codecs: CodecTools;
  readonly dial: ProbeDial;
  readonly address: string; // where the kubelet would have gone
};

export type Inquiry = { cancel(): void };

const HEALTH_BYTES_MAX = 1024;
const OWNER: ConnectionOwner = { slotsChanged() {}, draining() {}, closed() {} };

// `tell` is called once, later, unless it is cancelled.
export function askApplication(
  probe: PodProbe,
  userAgent: string,
  tools: ProbeTools,
  tell: (answer: ProbeAnswer) => void,
): Inquiry {
  const { clock, dial } = tools;
  let stop = (): void => {};
  let isOver = false;
  const end = (): boolean => {
    if (isOver) return false;
    isOver = true;
    timer.cancel();
    stop();
    return true;
  };
  const settle = (answer: ProbeAnswer): void => {
    if (end()) tell(answer);
  };
  const timer = clock.after(probe.timeoutMs, () => settle(silent(probe.timeoutMs)));
  const dialing = dial(probe.timeoutMs, {
    connected(stream) {
      stop = () => stream.destroy();
      const connection = speak(stream, probe, userAgent, tools, settle);
      if (isOver) connection?.destroy();
      else if (connection) stop = () => connection.destroy();
    },
    failed: ({ detail }) => settle(unreachable(detail)),
  });
  stop = () => dialing.cancel();
  return { cancel: () => void end() };
}

function speak(
  stream: ByteStream,
  { action, port }: PodProbe,
  userAgent: string,
  { codecs, address }: ProbeTools,
  settle: (answer: ProbeAnswer) => void,
): UpstreamConnection | undefined {
  if ("tcpSocket" in action) {
    settle({ status: 200, text: "The application takes connections" });
    return undefined;
  }
  const authority = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  if ("grpc" in action) {
    const body = encodeHealthRequest(action.grpc.service ?? "");
    const connection = new Http2ClientConnection(stream, OWNER, codecs);
    const asked = connection.open(
      grpcProbe(authority, userAgent, body.length),
      new GrpcAnswer(settle),
    );
    asked.write(body);
    asked.end();
    return connection;
  }
  const head = httpProbe(action.httpGet, authority, userAgent);
  if (typeof head === "string") {
    settle({ status: 500, text: `Cannot ask the application: ${head}` });
    return undefined;
  }
  const connection = new Http1ClientConnection(stream, OWNER, codecs);
  connection.open(head, new HttpAnswer(settle)).end();
  return connection;
}

// What is read of a body, as by the kubelet: who is cut off in the middle may call it an error.
const BODY_BYTES_MAX = 10_240;

class HttpAnswer implements ExchangeEvents {
  readonly settle: (answer: ProbeAnswer) => void;
  #status = 0;
  #bytes = 0;

  constructor(settle: (answer: ProbeAnswer) => void) {
    this.settle = settle;
  }

  inform(): void {}

  head({ status }: ResponseHead): void {
    this.#status = status;
  }

  data({ length }: Uint8Array): void {
    this.#bytes += length;
    if (this.#bytes > BODY_BYTES_MAX) this.settle(answered(this.#status));
  }

  end(_trailers: Headers): void {
    this.settle(answered(this.#status));
  }

  fail({ detail }: Failure): void {
    this.settle(unreachable(detail));
  }

  drained(): void {}
}

class GrpcAnswer extends HttpAnswer {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  override head({ status, headers }: ResponseHead): void {
    if (status !== 200) return this.settle(answered(status >= 400 ? status : 502));
    this.#judge(headers);
  }

  override data(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > HEALTH_BYTES_MAX) this.settle(NO_HEALTH);
    else this.#chunks.push(Uint8Array.from(chunk));
  }

  override end(trailers: Headers): void {
    this.#judge(trailers);
    const status = decodeHealthStatus(Buffer.concat(this.#chunks));
    this.settle({
      status: status === "SERVING" ? 200 : 503,
      text: `The application's health is ${status}`,
    });
  }

  // Without a body, the answer's head is all there is.
  #judge(headers: Headers): void {
    const status = findHeader(headers, "grpc-status") ?? "0";
    if (status !== "0") {
      this.settle({ status: 503, text: `The application answered with grpc-status ${status}` });
    }
  }
}

const NO_HEALTH: ProbeAnswer = { status: 503, text: "The application's answer is no health" };

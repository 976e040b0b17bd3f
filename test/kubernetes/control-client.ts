// A proxy as the control plane sees one, and no more: it joins with a token, asks for plans and
// tells what it was given.

import assert from "node:assert/strict";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { parseSpiffeId } from "#identity/spiffe-id.ts";
import { encodeMessage, MessageReader } from "#snapshot/message-frames.ts";
import {
  type CertificateAnswer,
  CONTROL_PATHS,
  type DownMessage,
  PROTOCOL_VERSION,
} from "#snapshot/messages.ts";
import type { EndpointPlan, InboundPlan, OutboundPlan } from "#snapshot/plan.ts";

export type ControlPort = { readonly port: number; readonly roots: string };
export type Joined = { readonly certificate: string; readonly key: string };

// What the control plane answers to a token, and the key that it is about.
export async function askForCertificate(
  { port, roots }: ControlPort,
  identity: string,
  token: string | undefined,
  // Instead of a token: what it has already.
  held?: Joined,
): Promise<{ readonly answer: CertificateAnswer; readonly key: string }> {
  const key = generateKeyPem();
  const csr = certificateRequest(key, parseSpiffeId(identity)!);
  const pair = held && { cert: held.certificate, key: held.key };
  const session = open(port, { ca: roots, ...pair });
  const stream = session.request({ ":method": "POST", ":path": CONTROL_PATHS.certificate });
  stream.write(encodeMessage({ csr, token }));
  const [answer] = await firstMessages(stream);
  session.destroy();
  return { answer: answer as CertificateAnswer, key };
}

export class ControlClient {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #keys = new Map<string, string | null>();
  readonly #plans = new Map<string, OutboundPlan>();
  inbound: InboundPlan | undefined;
  revision = 0;
  // What it was told beside updates: "refused: ...".
  readonly notices: string[] = [];

  isOver = false;

  // `revision`: of what it holds already.
  constructor(
    { port, roots }: ControlPort,
    { certificate, key }: Joined,
    workload: string,
    revision = 0,
  ) {
    const [namespace = "", name = ""] = workload.split("/");
    this.#session = open(port, { ca: roots, cert: certificate, key });
    this.#stream = this.#session.request({ ":method": "POST", ":path": CONTROL_PATHS.stream });
    const reader = new MessageReader();
    this.#stream.on("error", () => {});
    this.#stream.on("close", () => {
      this.isOver = true;
    });
    this.#stream.on("data", (chunk: Buffer) => {
      const read = reader.read(chunk);
      assert.equal(read.kind, "messages");
      if (read.kind === "messages") for (const each of read.messages) this.#hear(each as never);
    });
    this.#say({
      ...{ type: "hello", protocol: PROTOCOL_VERSION, version: "test", metrics: "", revision },
      ...{ workload: { namespace, name }, address: "10.9.9.9", meshPort: 15_008 },
      ...{ held: [], keys: [], isReady: true },
    });
  }

  want(...keys: readonly string[]): void {
    this.#say({ type: "want", keys });
  }

  // Undefined: nothing answers to it, or nothing has been said.
  plan(key: string): OutboundPlan | undefined {
    return this.#plans.get(this.#keys.get(key) ?? "");
  }

  endpoints(key: string): readonly EndpointPlan[] {
    const backends = this.plan(key)?.backends ?? [];
    return backends.flatMap((each) => (each.kind === "endpoints" ? each.endpoints : []));
  }

  close(): void {
    this.#session.destroy();
  }

  #say(message: object): void {
    this.#stream.write(encodeMessage(message as never));
  }

  #hear(message: DownMessage): void {
    if (message.type === "notice") this.notices.push(`${message.code}: ${message.message}`);
    if (message.type !== "update") return;
    for (const [key, id] of message.keys) this.#keys.set(key, id);
    for (const plan of message.plans) this.#plans.set(plan.id, plan);
    for (const id of message.removed) this.#plans.delete(id);
    this.inbound = message.inbound ?? this.inbound;
    this.revision = message.revision;
    this.#say({ type: "ack", revision: message.revision });
  }
}

// It is reached by whatever address: its identity is in its certificate.
function open(port: number, options: object): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${port}`, {
    ...options,
    minVersion: "TLSv1.3",
    checkServerIdentity: () => undefined,
  });
  session.on("error", () => {});
  return session;
}

async function firstMessages(stream: ClientHttp2Stream): Promise<readonly unknown[]> {
  const reader = new MessageReader();
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const read = reader.read(chunk);
    if (read.kind === "messages" && read.messages.length > 0) return read.messages;
  }
  throw new Error("The control plane ended the stream without an answer");
}

// Speaks to a control plane as a proxy does, but says what the test wants: over node:http2, so that
// it shares nothing with the proxies but the messages.

import { connect as connectHttp2 } from "node:http2";
import { certificateRequest } from "#identity/certificate-request.ts";
import { parseSpiffeId } from "#identity/spiffe-id.ts";
import { encodeMessage, MessageReader } from "#snapshot/message-frames.ts";
import { type CertificateAnswer, CONTROL_PATHS, type DownMessage } from "#snapshot/messages.ts";
import type { Address } from "./tls-probe.ts";

const PATIENCE_MS = 5_000;

export type Shown = { readonly keyPem: string; readonly certificatePem: string };

export class ControlPeer {
  readonly #control: Address;
  readonly #trust: readonly string[];

  constructor(control: Address, trust: readonly string[]) {
    this.#control = control;
    this.#trust = trust;
  }

  // With a join token, or with a certificate instead of one.
  async askForCertificate(
    keyPem: string,
    identity: string,
    proof: { readonly token?: string; readonly shown?: Shown },
  ): Promise<CertificateAnswer> {
    const csr = certificateRequest(keyPem, parseSpiffeId(identity)!);
    const request = { csr, token: proof.token };
    const answers = await this.#say(CONTROL_PATHS.certificate, request, proof.shown);
    return answers[0] as CertificateAnswer;
  }

  // The first message that comes back.
  async greet(hello: object, shown: Shown): Promise<DownMessage | undefined> {
    const answers = await this.#say(CONTROL_PATHS.stream, hello, shown);
    return answers[0] as DownMessage | undefined;
  }

  // Until the first answer, or the end.
  async #say(path: string, message: object, shown?: Shown): Promise<readonly unknown[]> {
    const { address, port } = this.#control;
    const session = connectHttp2(`https://${address}:${port}`, {
      ca: [...this.#trust],
      ...(shown ? { key: shown.keyPem, cert: shown.certificatePem } : {}),
      // It has a SPIFFE identity, not a name.
      checkServerIdentity: () => undefined,
    });
    session.on("error", () => {});
    const stream = session.request({ ":method": "POST", ":path": path }, { endStream: false });
    const reader = new MessageReader();
    const answers: unknown[] = [];
    stream.on("data", (chunk: Buffer) => {
      const read = reader.read(chunk);
      if (read.kind === "messages") answers.push(...read.messages);
      if (answers.length > 0) stream.close();
    });
    stream.on("error", () => {});
    stream.setTimeout(PATIENCE_MS, () => stream.close());
    stream.write(encodeMessage(message));
    await new Promise((resolve) => stream.on("close", resolve));
    session.destroy();
    return answers;
  }
}

// Dials a mesh port and tells who answered there, and whether we were let in. Over node:tls alone.

import { connect as connectPlain, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { Shown } from "./control-peer.ts";

const PATIENCE_MS = 2_000;

export type Address = { readonly address: string; readonly port: number };

export type Probed = {
  readonly peerNames: string; // "URI:spiffe://..."; "" where there was no handshake
  readonly protocol: string;
  readonly alpn: string;
  // Bytes of the first answer. In TLS 1.3 a dialler learns only so that it was admitted.
  readonly received: number;
  readonly hasEnded: boolean;
};

// `shown`: undefined, no certificate. Whom it finds there is the caller's to judge.
export async function probeTls({ address, port }: Address, shown?: Shown): Promise<Probed> {
  const socket = connectTls({
    ...{ host: address, port, rejectUnauthorized: false, ALPNProtocols: ["weft/1"] },
    ...(shown ? { key: shown.keyPem, cert: shown.certificatePem } : {}),
  });
  let peerNames = "";
  let protocol = "";
  let alpn = "";
  socket.on("secureConnect", () => {
    peerNames = socket.getPeerX509Certificate()?.subjectAltName ?? "";
    protocol = socket.getProtocol() ?? "";
    alpn = socket.alpnProtocol || "";
  });
  const outcome = await firstAnswer(socket);
  return { peerNames, protocol, alpn, ...outcome };
}

export async function probePlaintext({ address, port }: Address, text: string) {
  const socket = connectPlain(port, address);
  socket.write(text);
  return firstAnswer(socket);
}

async function firstAnswer(socket: Socket): Promise<Pick<Probed, "received" | "hasEnded">> {
  let received = 0;
  let hasEnded = false;
  socket.on("error", () => {});
  const ended = new Promise<void>((resolve) => {
    socket.on("close", () => {
      hasEnded = true;
      resolve();
    });
  });
  const answered = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      resolve();
    });
  });
  await Promise.race([ended, answered, wait(PATIENCE_MS, undefined, { ref: false })]);
  const outcome = { received, hasEnded };
  socket.destroy();
  return outcome;
}

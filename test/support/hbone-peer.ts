// A proxy of another mesh, as ours see it: node:http2 over mutual TLS, ALPN h2, CONNECT.

import assert from "node:assert/strict";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
} from "node:http2";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { SmallMesh } from "./small-mesh.ts";

export const PEER = {
  trustDomain: "mesh.local",
  namespace: "ambient",
  serviceAccount: "ztunnelled",
} as const;

export type PeerMaterial = Pick<ConnectionOptions, "key" | "cert">;

// A certificate of the mesh's own authority, for somebody who is none of its workloads.
export async function peerMaterial({ control }: SmallMesh): Promise<PeerMaterial> {
  const key = generateKeyPem();
  const signing = await control.authority.sign(certificateRequest(key, PEER), PEER);
  assert.equal(signing.kind, "issued");
  return { key, cert: signing.certificate };
}

export type PeerSession = {
  readonly session: ClientHttp2Session;
  // What it says before the session could begin; "" where it began.
  readonly refusal: Promise<string>;
};

export function peerSession({ address, port }: Target, options: ConnectionOptions): PeerSession {
  const socket = connectTls({
    ...{ host: address, port, ALPNProtocols: ["h2"] },
    // Who the other side is, is not what these tests are about.
    ...{ rejectUnauthorized: false, ...options },
  });
  const session = connectHttp2("https://mesh", { createConnection: () => socket });
  const refusal = new Promise<string>((resolve) => {
    session.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    session.on("remoteSettings", () => resolve(""));
    // A session that has not begun does not notice these.
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve("closed"));
  });
  return { session, refusal };
}

export type Answered = {
  readonly stream: ClientHttp2Stream;
  readonly status: number;
  readonly cause: string;
  readonly headers: IncomingHttpHeaders;
};

export function ask(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const isConnect = headers[":method"] === "CONNECT";
  const stream = session.request(headers, { endStream: !isConnect });
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("response", (answer) => {
      const status = Number(answer[":status"]);
      resolve({ stream, status, cause: String(answer["weft-cause"] ?? ""), headers: answer });
    });
  });
}

export async function openTunnel(
  session: ClientHttp2Session,
  authority: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ClientHttp2Stream> {
  const { stream, status, cause } = await ask(session, connectTo(authority, headers));
  assert.equal(status, 200, cause);
  return stream;
}

export function connectTo(authority: string, headers: Readonly<Record<string, string>> = {}) {
  return { ":method": "CONNECT", ":authority": authority, ...headers };
}

// Until the other direction has ended.
export async function readAll(stream: ClientHttp2Stream): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("latin1")) text += chunk;
  return text;
}

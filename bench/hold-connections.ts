// Opens connections, asks one request over each, and keeps them until SIGTERM. Prints a line when
// all of them are open and answered. A process of its own: what it needs itself is not measured.

import { once } from "node:events";
import { connect } from "node:net";
import { FLAG, FRAME } from "#proxy/http2/frame-types.ts";
import { headers } from "../test/support/raw-http2.ts";
import { MeshPeer } from "./mesh-peer.ts";

export type Holding = {
  readonly kind: "plain" | "mesh";
  readonly count: number;
  readonly address: string;
  readonly port: number;
  readonly path: string;
  // Of the caller; for the mesh only.
  readonly credentials: string;
  readonly workloadPort: number;
};

const AT_ONCE = 32;
// Loopback has as many source addresses as one likes, each with ports of its own.
const PER_SOURCE = 4_000;

const holding: Holding = JSON.parse(process.argv[2] ?? "");
const open = holding.kind === "plain" ? openPlain : openMesh;
const held: unknown[] = [];
for (let i = 0; i < holding.count; i += AT_ONCE) {
  const some = Math.min(AT_ONCE, holding.count - i);
  held.push(...(await Promise.all(Array.from({ length: some }, (_, k) => open(i + k)))));
}
process.stdout.write(`${held.length} are open\n`);
process.once("SIGTERM", () => process.exit());
setInterval(() => {}, 60_000);

async function openPlain(i: number) {
  const localAddress = `127.0.1.${1 + Math.floor(i / PER_SOURCE)}`;
  const socket = connect({ host: holding.address, port: holding.port, localAddress });
  socket.write(`GET ${holding.path} HTTP/1.1\r\nhost: backend:80\r\n\r\n`);
  await once(socket, "data");
  socket.on("close", () => fail("The sidecar closed a connection that was idle"));
  return socket;
}

async function openMesh() {
  let answered = () => {};
  const answer = new Promise<void>((resolve) => (answered = resolve));
  const peer = await MeshPeer.dial(holding, ({ type, flags, id }) => {
    if (id === 1 && type === FRAME.data && (flags & FLAG.endStream) !== 0) answered();
    if (type === FRAME.goAway) fail("The sidecar sent GOAWAY to a connection that was idle");
  });
  peer.socket.write(headers(1, requestFields()));
  peer.socket.on("close", () => fail("The sidecar closed a connection that was idle"));
  await answer;
  return peer;
}

function requestFields(): string[] {
  return [
    ...[":method", "GET", ":scheme", "http", ":authority", "backend:80", ":path", "/"],
    ...["weft-port", String(holding.workloadPort)],
  ];
}

function fail(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

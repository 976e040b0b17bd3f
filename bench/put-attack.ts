// Puts one kind of attack, or as many honest requests as are answered, on a sidecar for some time,
// and prints one line of JSON with what came of it. A process of its own.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { FLAG, FRAME } from "#proxy/http2/frame-types.ts";
import { settings } from "#proxy/http2/raw-peer.ts";
import {
  ATTACK_KINDS,
  type AttackKind,
  type Honest,
  honestRequest,
  type Said,
} from "./attack-kinds.ts";
import { MeshPeer } from "./mesh-peer.ts";

export type AttackOrder = Said & {
  // undefined: honest requests.
  readonly name: string | undefined;
  readonly honest: Honest;
  readonly on: AttackKind["on"];
  readonly address: string;
  readonly port: number;
  readonly credentials: string;
  readonly connections: number;
  readonly seconds: number;
  // Until it comes back after it was cut off.
  readonly pauseMs: number;
};

export type AttackResult = {
  // As they went over the wire, handshakes included; honest requests when they are answered.
  readonly bytes: number;
  readonly connections: number;
  readonly answers: number;
  readonly cuts: number;
  // Medians of those that were cut, and the worst.
  readonly cutAfterEvents: number;
  readonly cutAfterMs: number;
  readonly cutAfterMsMost: number;
};

type Line = { readonly socket: Duplex; isClosed: boolean };

const AT_ONCE = { small: 8, bodies: 2, answers: 1 } as const satisfies Record<Honest, number>;
const TRICKLE_MS = 1_000;
const ANSWER = "HTTP/1.1 200";

const ATTACKS = { flood, trickle, deaf: askAndHearNothing } as const satisfies Record<
  AttackKind["does"],
  (kind: AttackKind) => Promise<void>
>;

const order: AttackOrder = JSON.parse(process.argv[2] ?? "");
const kind = ATTACK_KINDS.find(({ name }) => name === order.name);
if (!kind && order.name !== undefined) throw new Error(`There is no attack "${order.name}"`);
let bytes = 0;
let opened = 0;
let answers = 0;
// Connections that have said the most of what they say.
let settled = 0;
const cuts: { readonly events: number; readonly ms: number }[] = [];
const handshakeBytes = order.on === "mesh" ? await measureHandshake() : 0;
process.stdout.write("begins\n");
const untilMs = performance.now() + order.seconds * 1000;
await Promise.all(Array.from({ length: order.connections }, () => keepGoing()));
const sorted = cuts.map(({ ms }) => ms).sort((a, b) => a - b);
const result: AttackResult = {
  ...{ bytes: bytes + opened * handshakeBytes, connections: opened, answers, cuts: cuts.length },
  cutAfterEvents: median(cuts.map(({ events }) => events)),
  cutAfterMs: Math.round(median(sorted)),
  cutAfterMsMost: Math.round(sorted.at(-1) ?? 0),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());

async function keepGoing(): Promise<void> {
  while (performance.now() < untilMs) {
    if (!kind) await askHonestly();
    else await ATTACKS[kind.does](kind);
    if (performance.now() < untilMs) await wait(order.pauseMs);
  }
}

async function flood({ first, event, eventsAtOnce }: AttackKind): Promise<void> {
  const line = await open(first, () => {});
  const beganMs = performance.now();
  let events = 0;
  while (!line.isClosed && performance.now() < untilMs) {
    const some = Array.from({ length: eventsAtOnce }, () => event(order, events++));
    await say(line, Buffer.concat(some));
  }
  end(line, events, beganMs);
}

async function trickle({ first, event }: AttackKind): Promise<void> {
  const line = await open(first, () => {});
  const beganMs = performance.now();
  let events = 0;
  while (!line.isClosed && performance.now() < untilMs) {
    line.socket.write(count(event(order, events++)), () => {
      if (events === 1) noteSettled();
    });
    // Each has a clock of its own: many that come at once are a crowd, and that anybody may be.
    await wait(events === 1 ? Math.random() * TRICKLE_MS : TRICKLE_MS);
  }
  end(line, events, beganMs);
}

async function askAndHearNothing({ first, event, eventsAtOnce }: AttackKind): Promise<void> {
  const line = await open(first, () => {});
  const beganMs = performance.now();
  line.socket.pause();
  const all = Array.from({ length: eventsAtOnce }, (_, i) => event(order, i));
  line.socket.write(count(Buffer.concat(all)), noteSettled);
  await wait(untilMs - performance.now());
  end(line, eventsAtOnce, beganMs);
}

function noteSettled(): void {
  if (++settled === order.connections) process.stdout.write("settled\n");
}

function end({ socket, isClosed }: Line, events: number, beganMs: number): void {
  if (isClosed) cuts.push({ events, ms: performance.now() - beganMs });
  socket.destroy();
}

async function askHonestly(): Promise<void> {
  let asked = 0;
  let length = 0;
  const ask = (): void => {
    if (performance.now() >= untilMs) return;
    const request = honestRequest(order.on, order.honest, order, asked++);
    length = request.length;
    line.socket.write(request);
  };
  const line = await open(settings(), () => {
    answers++;
    bytes += length;
    ask();
  });
  for (let i = 0; i < AT_ONCE[order.honest]; i++) ask();
  await wait(untilMs - performance.now());
  line.socket.destroy();
}

function open(first: Buffer, answered: () => void): Promise<Line> {
  opened++;
  return order.on === "mesh" ? openMesh(first, answered) : openPlain(answered);
}

async function openPlain(answered: () => void): Promise<Line> {
  const socket: Socket = connect({ host: order.address, port: order.port });
  const line = { socket, isClosed: false };
  for (const end of ["end", "close"]) socket.on(end, () => (line.isClosed = true));
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    const text = chunk.toString("latin1");
    for (let at = text.indexOf(ANSWER); at >= 0; at = text.indexOf(ANSWER, at + 1)) answered();
  });
  await once(socket, "connect");
  return line;
}

async function openMesh(first: Buffer, answered: () => void): Promise<Line> {
  const heard = ({ type, flags }: { type: number; flags: number }): void => {
    if (type === FRAME.data && (flags & FLAG.endStream) !== 0) answered();
  };
  return MeshPeer.dial(order, heard, { first });
}

async function say({ socket }: Line, what: Buffer): Promise<void> {
  if (socket.write(count(what))) return void (await turn());
  const drained = new Promise((resolve) => {
    for (const event of ["drain", "close", "end"]) socket.once(event, resolve);
  });
  await Promise.race([drained, wait(Math.max(0, untilMs - performance.now()))]);
}

function count(what: Buffer): Buffer {
  bytes += what.length;
  return what;
}

// What it takes to be let in: a TLS socket doesn't tell what it writes.
async function measureHandshake(): Promise<number> {
  const raw = connect({ host: order.address, port: order.port });
  let written = 0;
  const counting = new Duplex({
    read: () => void raw.resume(),
    write(chunk: Buffer, _, done) {
      written += chunk.length;
      raw.write(chunk, done);
    },
    destroy(error, done) {
      raw.destroy();
      done(error);
    },
  });
  raw.on("data", (chunk: Buffer) => counting.push(chunk));
  raw.on("error", () => {});
  const peer = await MeshPeer.dial(order, () => {}, { through: counting });
  peer.socket.destroy();
  return written;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

// What goes over the wire between pods: captured on the node's bridge, and read as connections.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";

const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const PCAP_LITTLE_ENDIAN = 0xa1b2c3d4;
const TCP = 6;
const SYN = 0x02;
const ACK = 0x10;
const BYTES_OF_PACKET = 1_600;

// One direction of a connection.
export type Flow = {
  readonly from: string;
  readonly to: string;
  readonly toPort: number;
  // Who dialled sends in this direction.
  readonly isDialler: boolean;
  // Its first bytes; undefined while nothing was sent, or where its beginning wasn't captured.
  readonly begins: Buffer | undefined;
};

type Direction = { -readonly [key in keyof Flow]: Flow[key] } & { next: number };
type Packet = {
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly sequence: number;
  readonly flags: number;
  readonly payload: Buffer;
};

export class PacketCapture {
  readonly #file: string;
  readonly #child: ChildProcess;

  private constructor(file: string, child: ChildProcess) {
    this.#file = file;
    this.#child = child;
  }

  static async start(cluster: Cluster): Promise<PacketCapture> {
    const file = join(cluster.state, "packets.pcap");
    const options = ["-i", "cni0", "-s", String(BYTES_OF_PACKET), "-U", "-w", file, "tcp"];
    const inside = [`--net=/run/netns/k8s${cluster.number}`, "tcpdump", "-Z", "root", ...options];
    const child = spawn("nsenter", inside, { stdio: ["ignore", "ignore", "pipe"] });
    const capture = new PacketCapture(file, child);
    try {
      await capture.#untilListening();
    } catch (error) {
      await capture.stop();
      throw error;
    }
    return capture;
  }

  // It says so in one line of several, and a line may come in pieces.
  async #untilListening(): Promise<void> {
    let said = "";
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await eventually("tcpdump listens", () => said.includes("listening on cni0")).catch((error) => {
      throw new Error(`${error.message}: ${said}`);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill("SIGTERM");
    await once(this.#child, "exit");
  }

  // Whether these bytes were to be seen anywhere in what was captured.
  includes(text: string): boolean {
    return readFileSync(this.#file).includes(text);
  }

  flows(): Flow[] {
    const directions = new Map<string, Direction>();
    for (const { fromPort, flags, sequence, payload, ...packet } of packets(this.#file)) {
      const key = `${packet.from}:${fromPort} ${packet.to}:${packet.toPort}`;
      if ((flags & SYN) !== 0) {
        const isDialler = (flags & ACK) === 0;
        // A connection may come again from the same port.
        const direction = { ...packet, isDialler, begins: undefined, next: (sequence + 1) >>> 0 };
        const known = directions.get(key);
        if (known?.next !== direction.next) directions.set(key, direction);
        continue;
      }
      if (payload.length === 0) continue;
      const direction = directions.get(key) ?? {
        ...packet,
        isDialler: false,
        begins: undefined,
        next: -1,
      };
      directions.set(key, direction);
      if (direction.begins === undefined && direction.next === sequence) {
        direction.begins = payload.subarray(0, 16);
      }
    }
    return [...directions.values()];
  }
}

function* packets(file: string): Generator<Packet> {
  const bytes = readFileSync(file);
  assert.equal(bytes.readUInt32LE(0), PCAP_LITTLE_ENDIAN);
  let at = FILE_HEADER_BYTES;
  while (at + PACKET_HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + PACKET_HEADER_BYTES, at + PACKET_HEADER_BYTES + length);
    at += PACKET_HEADER_BYTES + length;
    const packet = parseFrame(frame);
    if (packet) yield packet;
  }
}

// Of IPv4 (RFC 791) with TCP (RFC 9293).
function parseFrame(frame: Buffer): Packet | undefined {
  if (frame.length < ETHERNET_BYTES + 40 || frame.readUInt16BE(12) !== 0x0800) return undefined;
  const ip = frame.subarray(ETHERNET_BYTES);
  if (ip[9] !== TCP) return undefined;
  const tcp = ip.subarray((ip[0]! & 0x0f) * 4, ip.readUInt16BE(2));
  return {
    from: [...ip.subarray(12, 16)].join("."),
    to: [...ip.subarray(16, 20)].join("."),
    fromPort: tcp.readUInt16BE(0),
    toPort: tcp.readUInt16BE(2),
    sequence: tcp.readUInt32BE(4),
    flags: tcp[13]!,
    payload: tcp.subarray((tcp[12]! >> 4) * 4),
  };
}

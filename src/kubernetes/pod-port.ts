// A connection to a port of a pod, through the API server and the pod's kubelet (port-forward).

import { Duplex } from "node:stream";
import type { ClusterApi } from "./cluster-api.ts";
import { openPodChannels, type PodChannels, podPath } from "./pod-channels.ts";

export type PodPort = {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
};

export type PortOpening =
  | { readonly kind: "opened"; readonly stream: Duplex }
  | { readonly kind: "failed"; readonly reason: string };

const DATA = 0;
const ERROR = 1;
// Each channel begins with the port's number, for a client that has asked for several.
const PORT_BYTES = 2;

export async function openPodPort(api: ClusterApi, where: PodPort): Promise<PortOpening> {
  const stream = new PodPortStream();
  const path = `${podPath(where.namespace, where.pod)}/portforward?ports=${where.port}`;
  const opening = await openPodChannels(api, path, {
    received: (channel, bytes) => stream.hear(channel, bytes),
    closed: (reason) => stream.hearEnd(reason),
  });
  if (opening.kind === "failed") return { kind: "failed", reason: opening.reason };
  stream.use(opening.channels);
  return { kind: "opened", stream };
}

class PodPortStream extends Duplex {
  #channels: PodChannels | undefined;
  readonly #headsLeft = [PORT_BYTES, PORT_BYTES];

  use(channels: PodChannels): void {
    this.#channels = channels;
  }

  hear(channel: number, bytes: Buffer): void {
    const skipped = Math.min(this.#headsLeft[channel] ?? 0, bytes.length);
    if (channel in this.#headsLeft) this.#headsLeft[channel]! -= skipped;
    const rest = bytes.subarray(skipped);
    if (rest.length === 0) return;
    if (channel === ERROR) this.destroy(new Error(rest.toString("utf8").trim()));
    else if (channel === DATA && !this.push(rest)) this.#channels?.pause();
  }

  hearEnd(reason: string): void {
    if (reason === "") this.push(null);
    else this.destroy(new Error(reason));
  }

  override _read(): void {
    this.#channels?.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#channels!.send(DATA, bytes, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channels?.close();
    done(error);
  }
}

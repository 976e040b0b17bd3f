// Channels into a pod over one WebSocket, as `exec` and `port-forward` have them
// (v4.channel.k8s.io): the first byte of each message says which channel it is of.

import type { ClusterApi } from "./cluster-api.ts";
import type { WebSocket } from "./web-socket.ts";

export type PodChannels = {
  send(channel: number, bytes: Buffer, sent?: () => void): void;
  pause(): void;
  resume(): void;
  close(): void;
};

export type PodChannelEvents = {
  received(channel: number, bytes: Buffer): void;
  closed(reason: string): void;
};

export type ChannelsOpening =
  | { readonly kind: "opened"; readonly channels: PodChannels }
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };

const PROTOCOL = "v4.channel.k8s.io";

// `path`: "/api/v1/namespaces/shop/pods/web-0/portforward?ports=80".
export async function openPodChannels(
  api: ClusterApi,
  path: string,
  events: PodChannelEvents,
): Promise<ChannelsOpening> {
  const opening = await api.openWebSocket(path, PROTOCOL, {
    message: (bytes) => void (bytes.length > 0 && events.received(bytes[0]!, bytes.subarray(1))),
    closed: (reason) => events.closed(reason),
  });
  if (opening.kind === "failed") return opening;
  return { kind: "opened", channels: channelsOver(opening.webSocket) };
}

function channelsOver(webSocket: WebSocket): PodChannels {
  return {
    send(channel, bytes, sent) {
      webSocket.send(Buffer.concat([Buffer.of(channel), bytes]), sent);
    },
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    close: () => webSocket.close(),
  };
}

export function podPath(namespace: string, pod: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
}

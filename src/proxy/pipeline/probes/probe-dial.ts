// How the application behind a probe is reached: on loopback or at one of the pod's addresses,
// wherever it listens; over TLS that believes anybody, as the kubelet's does.

import type { Clock } from "#base/clock.ts";
import { applicationDial } from "#proxy/pipeline/interception/application-dial.ts";
import type { Network } from "#proxy/pipeline/network.ts";
import { OriginContexts } from "#proxy/tls/origin-contexts.ts";
import type { Dial, DialEvents, Dialing } from "#proxy/transport/byte-stream.ts";
import type { PodProbe } from "#snapshot/pod-settings.ts";

export type ProbeDial = (timeoutMs: number, events: DialEvents) => Dialing;

const ANYBODY = {
  serverName: "",
  names: [],
  trust: "well-known",
  isUnverified: true,
} as const;
const NO_FILES = { read: () => undefined, stamp: () => undefined };

// `addresses`: the pod's own.
export function probeDial(
  { port, action }: PodProbe,
  addresses: readonly string[],
  network: Network,
  clock: Clock,
): ProbeDial {
  const isSecure = "httpGet" in action && action.httpGet.scheme?.toUpperCase() === "HTTPS";
  const first = isSecure ? secureDial(network, clock) : network.dial;
  const dial = applicationDial(first, clock, ["127.0.0.1", ...addresses, "::1"]);
  return (timeoutMs, events) => dial({ address: "127.0.0.1", port }, timeoutMs, events, "");
}

function secureDial(network: Network, clock: Clock): Dial {
  const dial = network.originDial(clock, new OriginContexts(NO_FILES, { current: undefined }));
  return (target, timeoutMs, events) => dial(target, ANYBODY, ["http/1.1"], timeoutMs, events);
}

// What a proxy has to be told when it starts; everything else it learns from the control plane.

import type { LimitPair } from "#base/limits.ts";
import type { JoinFiles } from "#proxy/feed/join-files.ts";
import type { RuleFamily, RuleSettings } from "#proxy/interception/rule-settings.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { ListenOn } from "#proxy/transport/net-listen.ts";
import type { PodProbe } from "#snapshot/pod-settings.ts";
import type { ApplicationPort } from "./application.ts";
import type { GatewaySettings } from "./gateway/gateway-settings.ts";
import type { ProbeTarget } from "./readiness-probe.ts";

export type TcpDependency = { readonly key: string; readonly on: ListenOn };

// Where the kernel redirects a workload's connections to (SO_ORIGINAL_DST says what they are for):
// those that its application dials, and those that come for it. `addresses` are the workload's own.
export type InterceptionSettings = {
  readonly outbound: readonly ListenOn[];
  readonly inbound: readonly ListenOn[];
  readonly addresses: readonly string[];
};

export type ProxySettings = {
  readonly version: string;
  readonly workload: { readonly namespace: string; readonly name: string };
  // What its certificate will say: "spiffe://mesh.local/ns/bookshop/sa/reviews".
  readonly identity: string;
  readonly stateFolder: string; // own, 0700
  readonly control: Target; // port 15012
  // What the control plane's certificate must say.
  readonly controlIdentity: string;
  readonly trust: readonly string[]; // PEM of the roots
  // For the first certificate; undefined where the state folder holds a valid one.
  readonly token: string | undefined;
  // Where nobody hands over trust and token: these files hold them, and may change.
  readonly joinFiles?: JoinFiles;
  // What the application shows on the outbound listener.
  readonly secret: string;
  readonly outbound: ListenOn; // not opened where connections are intercepted
  readonly mesh: ListenOn;
  readonly metrics: ListenOn;
  readonly health: ListenOn;
  // What the application dials over TCP: "redis.shop:6379", and where it does.
  readonly tcp: readonly TcpDependency[];
  // Not looked at where connections are intercepted: then a port is where it is declared.
  readonly application: readonly ApplicationPort[];
  readonly readiness: ProbeTarget;
  // What the kubelet asks on the health port instead of the application.
  readonly probes?: readonly PodProbe[];
  // These win over what documents set.
  readonly limits?: readonly LimitPair[];
  // Less than "metrics" is there to measure what watching costs: "tapped" keeps no requests for
  // `weft explain`, "counts" can't be tapped either, "off" doesn't even count.
  readonly telemetry?: "off" | "counts" | "tapped" | "metrics";
  // Rules that bring it its connections: it is ready only while they are in force.
  readonly rules?: {
    readonly settings: RuleSettings;
    readonly families: readonly RuleFamily[];
  };
  // A gateway has no application, and opens neither the outbound nor the mesh listener.
  readonly gateway?: GatewaySettings;
  readonly interception?: InterceptionSettings;
};

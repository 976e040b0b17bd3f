// What a pod's annotations say to its own proxy and to its rules of interception. The injector
// writes it as JSON into WEFT_SETTINGS of both containers (weft-init, weft-proxy).

import type { LimitPair } from "#base/limits.ts";
import type { LogLevel } from "#base/log.ts";

export type PodSettings = {
  readonly capture: CaptureRules;
  // Probes of the pod's containers that the kubelet asks on the health port.
  readonly probes: readonly PodProbe[];
  // Ports of the pod whose connections are taken as plain bytes, whatever they speak.
  readonly opaquePorts: readonly PortRange[];
  readonly logLevel: LogLevel;
  // These win over the mesh's.
  readonly limits: readonly LimitPair[];
};

// Both ends belong to it.
export type PortRange = readonly [first: number, last: number];

// Which TCP connections go through the proxy. What is excluded stays excluded, whatever else says
// that it is captured. The proxy's own ports never are.
export type CaptureRules = {
  // "*": all.
  readonly inboundPorts: "*" | readonly PortRange[];
  readonly inboundPortsExcluded: readonly PortRange[];
  // Destinations as "10.0.0.0/8" or "fd00::/8"; "*": all.
  readonly outboundRanges: "*" | readonly string[];
  readonly outboundRangesExcluded: readonly string[];
  // Captured whatever the destination.
  readonly outboundPorts: readonly PortRange[];
  readonly outboundPortsExcluded: readonly PortRange[];
};

// The kubelet is no workload and has no identity: where only mTLS is taken, it reaches no
// application. So it asks the proxy for `path`, and the proxy asks the application.
export type PodProbe = {
  readonly path: string; // "/app-health/web/livez"
  readonly port: number; // the application's
  readonly timeoutMs: number;
  readonly action: ProbeAction;
};

// As it stood in the container (core/v1 Probe), so that it can be put back.
export type ProbeAction =
  | { readonly httpGet: HttpGetAction }
  | { readonly tcpSocket: { readonly port: number | string } }
  | { readonly grpc: { readonly port: number; readonly service?: string } };

export type HttpGetAction = {
  readonly path?: string;
  readonly port: number | string;
  readonly scheme?: string; // "HTTP", "HTTPS"
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
};

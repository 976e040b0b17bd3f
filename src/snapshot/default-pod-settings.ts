// What holds in a pod without annotations: everything but UDP goes through the proxy.

import type { PodSettings } from "./pod-settings.ts";

export const DEFAULT_POD_SETTINGS: PodSettings = {
  capture: {
    inboundPorts: "*",
    inboundPortsExcluded: [],
    outboundRanges: "*",
    outboundRangesExcluded: [],
    outboundPorts: [],
    outboundPortsExcluded: [],
  },
  probes: [],
  opaquePorts: [],
  logLevel: "info",
  limits: [],
};

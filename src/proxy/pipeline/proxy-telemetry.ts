// Telemetry as one proxy needs it.

import type { Clock } from "#base/clock.ts";
import type { AccessLogCounts } from "#proxy/telemetry/access-log-family.ts";
import type { DetectionCount } from "#proxy/telemetry/detection-family.ts";
import type { EjectionCount } from "#proxy/telemetry/ejection-family.ts";
import { type OverloadGauges, Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { InboundPlan } from "#snapshot/plan.ts";
import type { Series } from "./endpoint.ts";
import { ownWorkload } from "./own-workload.ts";
import type { ProcessMeter } from "./process-meter.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export type TelemetrySources = {
  readonly inbound: () => InboundPlan | undefined;
  readonly certificateExpiresAtMs: () => number | undefined;
  readonly detections: () => readonly DetectionCount[];
  readonly ejections: () => readonly EjectionCount[];
  readonly overload: () => OverloadGauges;
  readonly accessLog: () => AccessLogCounts;
};

export function startTelemetry(
  settings: ProxySettings,
  clock: Clock,
  meter: ProcessMeter,
  sources: TelemetrySources,
): Telemetry {
  const unknown = ownWorkload(settings);
  return new Telemetry({
    clock,
    version: settings.version,
    countsTraffic: settings.telemetry !== "off",
    workload: () => sources.inbound()?.workload ?? unknown,
    metricsOff: () => sources.inbound()?.metricsOff,
    gauges: {
      cpuMs: () => meter.cpuMs(),
      memoryBytes: () => meter.memoryBytes(),
      connectionsOpen: () => meter.connectionsOpen(),
      certificateExpiresAtMs: sources.certificateExpiresAtMs,
      detections: sources.detections,
      ejections: sources.ejections,
      accessLog: sources.accessLog,
      overload: sources.overload,
    },
  });
}

// For what never got as far as a route or a port.
export function unroutedSeries(
  telemetry: Telemetry,
  { workload, identity }: ProxySettings,
  reporter: "source" | "destination",
): Series {
  const nobody = { namespace: "", name: "", identity: "" };
  const self = { ...workload, identity };
  const [source, destination] = reporter === "source" ? [self, nobody] : [nobody, self];
  return telemetry.series({
    reporter,
    sourceNamespace: source.namespace,
    sourceWorkload: source.name,
    sourceIdentity: source.identity,
    destinationNamespace: destination.namespace,
    destinationWorkload: destination.name,
    destinationIdentity: destination.identity,
    destinationService: "",
    destinationServiceNamespace: "",
    destinationPort: 0,
    route: "",
    backend: "",
    isMutualTls: false,
  });
}

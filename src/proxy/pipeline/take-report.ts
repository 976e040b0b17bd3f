// What this proxy tells the control plane, once a second or more seldom.

import type { Clock } from "#base/clock.ts";
import type { PortLessons } from "#proxy/detection/port-lessons.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { Tracer } from "#proxy/telemetry/tracer.ts";
import type { Report } from "#snapshot/report.ts";
import type { Destinations } from "./destinations.ts";
import { endpointSamples } from "./endpoint-samples.ts";
import type { ProcessMeter } from "./process-meter.ts";
import type { RequestRecorder } from "./request-recorder.ts";

export type ReportSources = {
  readonly clock: Clock;
  readonly meter: ProcessMeter;
  readonly telemetry: Telemetry;
  readonly lessons: PortLessons;
  readonly destinations: Destinations;
  readonly recorder: RequestRecorder;
  readonly tracer: Tracer;
};

// More spans than one report tells would be lost. Of requests the first are enough, whenever.
export function isReportUrgent({ tracer }: ReportSources): boolean {
  return tracer.isHalfFull;
}

// Of the time since the last one.
export function takeReport(sources: ReportSources): Report {
  const { clock, meter, telemetry, lessons, destinations, recorder, tracer } = sources;
  const report = meter.report(clock, telemetry.takeReport(), lessons.takeLearned());
  const { requests, untold } = recorder.take();
  const endpoints = endpointSamples(destinations.table.destinations.values(), clock.nowMs());
  const { spans, lost: spansLost } = tracer.take();
  return {
    ...report,
    ...(spans.length > 0 ? { spans } : {}),
    ...(spansLost > 0 ? { spansLost } : {}),
    ...(requests.length > 0 ? { requests } : {}),
    ...(untold > 0 ? { requestsUntold: untold } : {}),
    ...(endpoints.length > 0 ? { endpoints } : {}),
  };
}

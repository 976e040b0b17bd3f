// Endpoints that were left out for failing time after time.

import { labelText } from "./label-text.ts";
import { counter, gauge } from "./metric-family.ts";

export type EjectionCount = {
  readonly namespace: string;
  readonly service: string;
  readonly subset: string;
  readonly port: number;
  readonly ejections: number; // so far
  readonly ejected: number; // now
};

export function* ejectionFamilies(counts: readonly EjectionCount[]): Generator<string> {
  if (counts.length === 0) return;
  const ejections = counts.map((line) => [labelsOf(line), line.ejections] as const);
  const help = "Times that an endpoint was left out for failing.";
  yield* counter("weft_endpoint_ejections", help, ejections);
  const ejected = counts.map((line) => [labelsOf(line), line.ejected] as const);
  yield* gauge("weft_endpoints_ejected", "Endpoints that are left out for failing.", "", ejected);
}

function labelsOf({ namespace, service, subset, port }: EjectionCount): string {
  return labelText([
    ["destination_service_namespace", namespace],
    ["destination_service", service],
    ["destination_port", String(port)],
    ["subset", subset],
  ]);
}

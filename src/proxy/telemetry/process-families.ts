// What the process uses, what it is short of, and until when its certificate lasts.

import { labelText } from "./label-text.ts";
import { alone, counter, gauge } from "./metric-family.ts";
import type { OverloadGauges, TelemetryGauges } from "./telemetry.ts";

export function* processFamilies(gauges: TelemetryGauges): Generator<string> {
  const cpu = alone(gauges.cpuMs() / 1000);
  yield* counter("process_cpu_seconds", "Processor time, user and system.", cpu, "seconds");
  const memory = alone(gauges.memoryBytes());
  yield* gauge("process_resident_memory_bytes", "Resident memory.", "bytes", memory);
  const connections = alone(gauges.connectionsOpen());
  yield* gauge("weft_connections_open", "Connections from downstream.", "", connections);
  yield* overloadFamilies(gauges.overload());
  const expiresAtMs = gauges.certificateExpiresAtMs();
  if (expiresAtMs === undefined) return;
  const name = "identity_cert_expiration_timestamp_seconds";
  yield* gauge(name, "When the certificate expires.", "seconds", alone(expiresAtMs / 1000));
}

function* overloadFamilies({ level, pressures, shed }: OverloadGauges): Generator<string> {
  const levelHelp = "What is given up for lack of something: 0 nothing, 4 all that can be.";
  yield* gauge("weft_overload_level", levelHelp, "", alone(level));
  const pressureHelp = "Share in use of what the process can't do without.";
  yield* gauge("weft_overload_pressure", pressureHelp, "", labelled("resource", pressures));
  yield* counter("weft_overload_shed", "What was given up.", labelled("what", shed));
}

function labelled(name: string, values: Readonly<Record<string, number>>) {
  return Object.entries(values).map(([key, value]) => [labelText([[name, key]]), value] as const);
}

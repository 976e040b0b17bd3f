// What was spoken on ports of which nobody declares it.

import { labelText } from "./label-text.ts";
import { counter } from "./metric-family.ts";

export type DetectionCount = {
  readonly namespace: string;
  readonly name: string; // of the service
  readonly port: number;
  readonly protocol: string;
  readonly reason: string;
  readonly count: number;
};

export function detectionFamily(counts: readonly DetectionCount[]): Iterable<string> {
  if (counts.length === 0) return [];
  const help = "Connections and requests to undeclared ports, by what they were taken for and why.";
  const samples = counts.map((line) => [labelsOf(line), line.count] as const);
  return counter("weft_detected_protocol", help, samples);
}

function labelsOf({ namespace, name, port, protocol, reason }: DetectionCount): string {
  return labelText([
    ["destination_service_namespace", namespace],
    ["destination_service", name],
    ["destination_port", String(port)],
    ["protocol", protocol],
    ["reason", reason],
  ]);
}

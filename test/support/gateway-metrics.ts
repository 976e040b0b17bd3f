// One sample of a proxy's /metrics.

import { parseOpenMetrics } from "#proxy/telemetry/parse-open-metrics.ts";
import { OPEN_METRICS } from "./open-metrics.ts";
import type { RunningProxy } from "./small-mesh.ts";

// 0 where there is none.
export async function sampleOf(
  { settings }: RunningProxy,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const { address, port } = settings.metrics;
  const text = await (await fetch(`http://${address}:${port}/metrics`, OPEN_METRICS)).text();
  // As strict as a collector.
  parseOpenMetrics(text);
  const inside = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const start = `${name}{${inside.join(",")}} `;
  const line = text.split("\n").find((one) => one.startsWith(start));
  return line === undefined ? 0 : Number(line.slice(start.length));
}

// A result for a person: a few lines.

import type { LoadResult } from "./load-result.ts";

export function summarize(result: LoadResult): string {
  const { ratePerSecond: rate, latencyUs: latency, generator, errors } = result;
  const failures = Object.entries(errors).filter(([, count]) => count > 0);
  const asked = rate.requested === null ? "" : ` of ${rate.requested}`;
  const lines = [
    `${result.requests} requests in ${(result.elapsedMs / 1000).toFixed(1)} s, ` +
      `${rate.achieved}${asked} answers a second, ` +
      `${(result.successRate * 100).toFixed(2)} % succeeded`,
    `latency   p50 ${ms(latency.p50)}  p75 ${ms(latency.p75)}  p90 ${ms(latency.p90)}  ` +
      `p99 ${ms(latency.p99)}  p99.9 ${ms(latency.p999)}  max ${ms(latency.max)}`,
    `statuses  ${listOf(result.statuses)}`,
    ...(result.grpcStatuses.length > 0 ? [`gRPC      ${listOf(result.grpcStatuses)}`] : []),
    `errors    ${listOf(failures)}`,
    `generator ${generator.cpuUsPerRequest} us of CPU a request, ` +
      `busy ${Math.round(generator.busyShare * 100)} %`,
    ...(result.isLimit ? [result.limitReason] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`;
}

function listOf(counts: readonly (readonly [string | number, number])[]): string {
  return counts.map(([name, count]) => `${name}: ${count}`).join("  ") || "none";
}

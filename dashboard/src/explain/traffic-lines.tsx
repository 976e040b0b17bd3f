// Times, retries, faults and copies of the rule that takes a request.

import type { ExplainedTraffic } from "#api/explained-traffic.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";

export function TrafficLines({ traffic }: { readonly traffic: ExplainedTraffic }) {
  const { requestTimeoutMs, tryTimeoutMs, retries, faults, mirrors } = traffic;
  return (
    <ul class="traffic">
      {requestTimeoutMs !== null && <li>at most {latencyText(requestTimeoutMs)} in all</li>}
      {tryTimeoutMs !== null && <li>at most {latencyText(tryTimeoutMs)} for each try</li>}
      {retries && (
        <li>
          {retries.attempts} more tries on {retries.conditions.join(", ")}
          {!retries.isAllowed && (
            <span class="warn"> (not of this request once an endpoint may have seen it)</span>
          )}
        </li>
      )}
      {faults.map((fault) => (
        <li key={fault.kind} class="warn">
          {fault.percent} %{" "}
          {fault.kind === "delay"
            ? `wait ${latencyText(fault.delayMs)}`
            : `are refused with ${fault.status ?? `gRPC ${fault.grpcStatus}`}`}
          , on purpose{fault.by !== undefined && ` (${fault.by})`}
        </li>
      ))}
      {mirrors.map(({ backend, percent }) => (
        <li key={backend}>
          {percent} % are copied to {backend}
        </li>
      ))}
    </ul>
  );
}

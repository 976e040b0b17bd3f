// A request that has been: each proxy's part as a bar in time, with its tries, and its decision.

import type { ExplainedHop, PastExplanation } from "#api/past-explanation.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { DecisionView } from "./decision-view.tsx";

export function PastView({ past }: { readonly past: PastExplanation }) {
  const { hops } = past;
  const startMs = Math.min(...hops.map(({ atMs }) => atMs));
  const endMs = Math.max(...hops.map(({ atMs, durationMs }) => atMs + durationMs));
  const spanMs = Math.max(endMs - startMs, 0.001);
  return (
    <>
      <ol class="waterfall" aria-label="The way of the request in time">
        {hops.map((hop) => (
          <Bar key={`${hop.proxy} ${hop.atMs}`} hop={hop} startMs={startMs} spanMs={spanMs} />
        ))}
      </ol>
      {hops.map((hop) => (
        <details key={`${hop.proxy} ${hop.atMs}`} class="hop" open={hops.length === 1}>
          <summary>
            {hop.proxy} sent {hop.method} {hop.path} to {hop.to}: {outcomeOf(hop)}
          </summary>
          <Gates hop={hop} />
          {hop.decision ? (
            <DecisionView explanation={hop.decision} />
          ) : (
            <p class="empty">No plan decided on it, or the plan isn't kept any more.</p>
          )}
          {!hop.agrees && (
            <p class="warn">Taken again, the decision comes out otherwise: see the rules.</p>
          )}
        </details>
      ))}
    </>
  );
}

type BarProps = { readonly hop: ExplainedHop; readonly startMs: number; readonly spanMs: number };

function Bar({ hop, startMs, spanMs }: BarProps) {
  const percent = (ms: number) => `${((ms / spanMs) * 100).toFixed(2)}%`;
  const from = hop.atMs - startMs;
  const hasFailed = hop.status >= 500 || hop.cause !== null;
  return (
    <li>
      <span class="who">{hop.proxy}</span>
      <svg class={`way ${hasFailed ? "failed" : ""}`} aria-hidden="true">
        <rect class="whole" x={percent(from)} width={percent(hop.durationMs)} rx="3" />
        {hop.tries.map(({ sentAfterMs, endedAfterMs, address }) => (
          <rect
            key={`${address} ${endedAfterMs}`}
            class="try"
            x={percent(from + (sentAfterMs ?? 0))}
            width={percent(Math.max(0, endedAfterMs - (sentAfterMs ?? 0)))}
          />
        ))}
      </svg>
      <span class="figure">
        {latencyText(hop.durationMs)} · {outcomeOf(hop)}
      </span>
    </li>
  );
}

function Gates({ hop }: { readonly hop: ExplainedHop }) {
  return (
    <ul class="gates">
      {hop.gates.map(({ gate, outcome, detail }) => (
        <li key={gate} class={outcome === "passed" ? "" : "warn"}>
          <strong>{gate}</strong> {outcome} <span class="faint">{detail}</span>
        </li>
      ))}
      {hop.tries.map(({ address, workload, sentAfterMs, endedAfterMs, outcome }) => (
        <li key={`${address} ${endedAfterMs}`}>
          <strong>try</strong> {workload ?? address}{" "}
          <span class="faint">
            {sentAfterMs === null ? "never sent" : `sent after ${latencyText(sentAfterMs)}`}, over
            after {latencyText(endedAfterMs)}: {outcome}
          </span>
        </li>
      ))}
    </ul>
  );
}

function outcomeOf({ status, cause, grpcStatus }: ExplainedHop): string {
  const grpc = grpcStatus === null ? "" : `, gRPC ${grpcStatus}`;
  return `${status}${grpc}${cause === null ? "" : ` (${cause})`}`;
}

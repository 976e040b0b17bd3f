// How far a workload has come: ready, connected, or not there.

import type { WorkloadRow } from "#api/workload-row.ts";

const STATES = {
  ready: ["●", "ready", "Its proxy is connected and the application passes its probe"],
  starting: ["◐", "not ready", "Its proxy is connected, the application isn't ready"],
  absent: ["○", "no proxy", "Its proxy isn't connected"],
} as const;

export function Readiness({ workload }: { readonly workload: WorkloadRow }) {
  const state = readinessOf(workload);
  const [sign, name, meaning] = STATES[state];
  return (
    <span class={`readiness ${state}`} title={meaning}>
      <span aria-hidden="true">{sign}</span> {name}
    </span>
  );
}

function readinessOf({ isReady, isMeshed }: WorkloadRow): keyof typeof STATES {
  if (!isMeshed) return "absent";
  return isReady ? "ready" : "starting";
}

// docs/reference/balancing.md, from a result.

import type { Machine, Versions } from "../machine.ts";
import { markdownTable } from "../report/markdown-table.ts";
import { spreadOf } from "../spread.ts";
import type { RealFigures, RealRow } from "./real-mesh.ts";
import type { ScenarioFigures, ScenarioName, ScenarioRow } from "./scenarios.ts";

export type BalancingResult = {
  readonly what: "balancing";
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly loadAverageBefore: readonly number[];
  readonly simulated: readonly ScenarioRow[];
  readonly real: readonly RealRow[];
};

const TITLES: Readonly<Record<ScenarioName, string>> = {
  a: "a: one of 11 backends stalls",
  a2: "a, and callers give up after 1 s",
  b: "b: 2 of 16 backends are 16 times slower",
  c: "c: 4 equal busy backends",
};

export function balancingPage(result: BalancingResult, path: string): string {
  const { at, command, machine, versions, loadAverageBefore, simulated, real } = result;
  return `# Balancing, measured

Written by \`${command}\` on ${at.slice(0, 10)} at revision ${versions.weft.slice(0, 10)}, from \`${path}\` (${machine.cpu}, ${machine.cores} cores, load average ${loadAverageBefore[0]} before). \`bench/balancing/scenarios.test.ts\` holds a small version.

The mesh's own way is peak EWMA over two random choices: each proxy keeps an average of every endpoint's latency that rises at once and falls with a time constant of 10 s, and of two endpoints takes the one whose average, times the root of what is in flight there, is less. While requests wait, an endpoint counts as at least as slow as it has been silent, and a caller that gives up later than others have to wait counts as a failure.

## Simulated

The product's own balancers and its memory of endpoints (\`src/proxy/balancing\`, \`src/proxy/resilience\`) in virtual time, with ${simulated[0]?.runs.length ?? 0} seeds; medians, and the worst in brackets. With several proxies each knows only its own requests.

- **a** (Buoyant, 2016): 11 backends, 167 ms in the median (log-normal, sigma 0.4; the article doesn't say how latencies spread), 1,000 requests/s for 60 s; one backend takes 2 s for 30 s of these. Published: round robin 95 %, least loaded 99 %, peak EWMA 99.9 % within a second. Must 99.9 %, aim 99.95 %.
- **b** (after Prequal): 16 backends of 50 ms, two of them 800 ms, 500 requests/s. Must: p99 at most 0.15 of round robin's, aim 0.1; Prequal re-implemented: 0.10 to 0.12.
- **c**: 4 backends of one core and 10 ms of work in the mean, 64 callers that ask again at once. Must: 0.99 of round robin's throughput, aim 1.0; Prequal re-implemented: 0.78.

${simulatedTable(simulated)}

${verdicts(simulated)}

Of what c leaves open: where many proxies share few busy backends and each has hardly a request in flight, none of these balancers knows more than chance does.

## With real processes

\`weft up\` with applications behind one service, all on this machine: a mesh of its own for each run, round robin and the mesh's own way in turn; medians. Callers give up after a second. a: 6 applications of 50 ms, 150 requests/s, one takes 2 s from a quarter to three quarters of the time. b: 6 applications of 30 ms, one of them 480 ms, 100 requests/s. c: 4 applications that work for 5 ms, 32 callers.

${realTable(real)}

The two cores carry the mesh, its applications and the load: compare the two balancers, not with the simulation.
`;
}

// What of musts and aims the mesh's own way reaches, in the median of each row.
function verdicts(rows: readonly ScenarioRow[]): string {
  const own = rows.filter(({ balancer }) => balancer === "peak-ewma");
  const lines = own.flatMap(({ scenario, proxies, runs }) => {
    if (scenario === "a2") return [];
    const base = rows.find((row) => row.scenario === scenario && row.proxies === proxies)!;
    const figure = {
      a: () => spreadOf(runs.map(({ success }) => 100 * success)).median,
      b: () => Number(ratio(runs, base.runs, ({ p99Ms }) => p99Ms)),
      c: () => Number(ratio(runs, base.runs, ({ perSecond }) => perSecond)),
    }[scenario]();
    const { must, aim, isLess } = BOUNDS[scenario];
    const holds = (bound: number) => (isLess ? figure <= bound : figure >= bound);
    const said = (bound: number) => (holds(bound) ? "holds" : "does not hold");
    const of = proxies === 1 ? "one proxy" : `${proxies} proxies`;
    return [`- ${scenario}, ${of}: ${figure}; must ${must} ${said(must)}, aim ${aim} ${said(aim)}`];
  });
  return `The mesh's own way:\n\n${lines.join("\n")}`;
}

const BOUNDS = {
  a: { must: 99.9, aim: 99.95, isLess: false },
  b: { must: 0.15, aim: 0.1, isLess: true },
  c: { must: 0.99, aim: 1, isLess: false },
} as const;

function simulatedTable(rows: readonly ScenarioRow[]): string {
  return markdownTable(
    [
      "experiment",
      "proxies",
      "balancer",
      "within 1 s",
      "p99",
      "p99 / round robin",
      "requests/s / round robin",
    ],
    rows.map((row) => {
      const { scenario, proxies, balancer, runs } = row;
      const base = rows.find(
        (other) =>
          other.scenario === scenario &&
          other.proxies === proxies &&
          other.balancer === "round-robin",
      )!;
      return [
        ...[TITLES[scenario], String(proxies), balancer, percent(runs)],
        `${spreadOf(runs.map(({ p99Ms }) => p99Ms)).median} ms`,
        ratio(runs, base.runs, ({ p99Ms }) => p99Ms),
        scenario === "c" ? ratio(runs, base.runs, ({ perSecond }) => perSecond) : "",
      ];
    }),
  );
}

function realTable(rows: readonly RealRow[]): string {
  return markdownTable(
    ["experiment", "balancer", "within 1 s", "p50", "p99", "requests/s"],
    rows.map(({ scenario, balancer, runs }) => {
      const median = (pick: (run: RealFigures) => number) => spreadOf(runs.map(pick)).median;
      return [
        ...[scenario, balancer, percent(runs)],
        ...[`${median(({ p50Ms }) => p50Ms)} ms`, `${median(({ p99Ms }) => p99Ms)} ms`],
        String(median(({ perSecond }) => perSecond)),
      ];
    }),
  );
}

function percent(runs: readonly { readonly success: number }[]): string {
  const sorted = runs.map(({ success }) => 100 * success).sort((x, y) => x - y);
  const text = (value: number) => `${value.toFixed(3)} %`;
  return `${text(sorted[sorted.length >> 1]!)} (${text(sorted[0]!)})`;
}

// Median of the seeds' own, and the worst for us.
function ratio(
  runs: readonly ScenarioFigures[],
  base: readonly ScenarioFigures[],
  pick: (run: ScenarioFigures) => number,
): string {
  return spreadOf(runs.map((run, i) => pick(run) / pick(base[i]!))).median.toFixed(2);
}

// The experiments with real processes, small: `weft up` with a few applications behind one service,
// and a load through the caller's sidecar. Round robin and the mesh's own way take turns.

import { join } from "node:path";
import { LOAD_DEFAULTS, type LoadLoop } from "#bench/load/load-options.ts";
import { runLoad } from "#bench/load/run-load.ts";
import { documentOf, echoService, echoWorkload } from "../../test/support/echo-documents.ts";
import { dependencyUrl } from "../../test/support/mesh-processes.ts";
import { Requester } from "../../test/support/requester.ts";
import { RunningMesh } from "../../test/support/running-mesh.ts";

const APPLICATION = join(import.meta.dirname, "application.mjs");
const STALL_MS = 2_000;

export type RealName = "a" | "b" | "c";
export type RealBalancer = "round-robin" | "peak-ewma";

export type RealRow = {
  readonly scenario: RealName;
  readonly balancer: RealBalancer;
  readonly runs: readonly RealFigures[];
};

export type RealFigures = {
  readonly requests: number;
  readonly success: number; // share of answers within a second
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
};

// Seconds are of each run. Code, connections and averages become warm first.
export type RealSize = {
  readonly repeats: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

export async function runRealScenarios(size: RealSize): Promise<RealRow[]> {
  const rows: RealRow[] = [];
  for (const scenario of ["a", "b", "c"] as const) rows.push(...(await run(scenario, size)));
  return rows;
}

type Scenario = {
  // What each application is told.
  readonly applications: readonly Readonly<Record<string, string>>[];
  readonly loop: LoadLoop;
  readonly connections: number;
  readonly stalls: boolean;
};

const OPEN = { kind: "open", arrivals: "poisson", pacing: "timer" } as const;

// As many applications and requests as two cores carry beside the mesh.
const SCENARIOS: Readonly<Record<RealName, Scenario>> = {
  // The first stalls for half of the time.
  a: {
    applications: Array.from({ length: 6 }, () => ({ DELAY_MS: "50" })),
    ...{ loop: { ...OPEN, ratePerSecond: 150 }, connections: 256, stalls: true },
  },
  // The first is 16 times slower.
  b: {
    applications: ["480", "30", "30", "30", "30", "30"].map((ms) => ({ DELAY_MS: ms })),
    ...{ loop: { ...OPEN, ratePerSecond: 100 }, connections: 128, stalls: false },
  },
  c: {
    applications: Array.from({ length: 4 }, () => ({ WORK_MS: "5" })),
    ...{ loop: { kind: "closed" }, connections: 32, stalls: false },
  },
};

async function run(name: RealName, size: RealSize): Promise<RealRow[]> {
  const found = { "round-robin": [] as RealFigures[], "peak-ewma": [] as RealFigures[] };
  for (let repeat = 0; repeat < size.repeats; repeat++) {
    const both: RealBalancer[] = ["round-robin", "peak-ewma"];
    for (const balancer of repeat % 2 === 0 ? both : both.reverse()) {
      found[balancer].push(await runOnce(SCENARIOS[name], balancer, size));
    }
  }
  return (["round-robin", "peak-ewma"] as const).map((balancer) => {
    return { scenario: name, balancer, runs: found[balancer] };
  });
}

// A mesh of its own: what a proxy has learned of endpoints outlives every change of policy.
async function runOnce(
  scenario: Scenario,
  balancer: RealBalancer,
  { warmUpSeconds, seconds }: RealSize,
): Promise<RealFigures> {
  const mesh = await RunningMesh.start({ documents: documentsOf(scenario, balancer) });
  try {
    const url = dependencyUrl(mesh, "shop/caller", "backend");
    await load(url, scenario, warmUpSeconds);
    return await measure(url, scenario, seconds);
  } finally {
    await mesh.stop();
  }
}

async function measure(url: string, scenario: Scenario, seconds: number): Promise<RealFigures> {
  const loading = load(url, scenario, seconds);
  if (scenario.stalls) {
    const requester = new Requester(1);
    await stall(requester, url, seconds / 4, STALL_MS);
    await stall(requester, url, seconds / 2, Number(scenario.applications[0]!["DELAY_MS"]));
    requester.close();
  }
  const { answers, errors, latencyUs, ratePerSecond } = await loading;
  const requests = answers + errors.timeout;
  return {
    requests,
    success: answers / requests,
    p50Ms: latencyUs.p50 / 1000,
    p99Ms: latencyUs.p99 / 1000,
    perSecond: ratePerSecond.achieved,
  };
}

// Callers give up after a second.
function load(url: string, { loop, connections }: Scenario, seconds: number) {
  return runLoad({
    ...LOAD_DEFAULTS,
    ...{ target: url, loop, connections, durationMs: seconds * 1000, requestTimeoutMs: 1_000 },
    shapes: [{ method: "GET", path: "/", headers: [], body: "", weight: 1 }],
  });
}

// After some seconds, the first application answers as late as that.
async function stall(
  requester: Requester,
  url: string,
  afterSeconds: number,
  ms: number,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, afterSeconds * 1000));
  const path = `${url}/stall?ms=${ms}&version=v0`;
  while ((await requester.ask(path)).text !== "v0");
}

function documentsOf({ applications }: Scenario, balancer: RealBalancer): Record<string, string> {
  const workloads = applications.map((environment, i) =>
    echoWorkload({
      ...{ name: `backend-v${i}`, app: "backend", version: `v${i}`, environment },
      command: ["node", APPLICATION],
    }).replace("/healthz", "/ready"),
  );
  return {
    "policy.yaml": policy(balancer),
    "workloads.yaml":
      workloads.join("") +
      echoService("backend") +
      echoWorkload({
        ...{ name: "caller", isServed: false, dependencies: ["backend"] },
        command: ["node", APPLICATION],
      }),
  };
}

function policy(balancer: RealBalancer): string {
  const simple = balancer === "round-robin" ? "ROUND_ROBIN" : "UNSPECIFIED";
  return documentOf("networking.istio.io/v1", "DestinationRule", {
    metadata: { name: "backend", namespace: "shop" },
    spec: { host: "backend", trafficPolicy: { loadBalancer: { simple } } },
  });
}

// What the workloads' own proxies need to know about them, of all.

import type { Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { InboundPlan, WorkloadPlan } from "#snapshot/plan.ts";
import type { Catalog } from "./catalog.ts";
import { compileInbound } from "./compile-inbound.ts";
import { Derived } from "./derived.ts";
import { type Patched, patchMap } from "./patch-map.ts";
import type { Watch } from "./watch.ts";
import { workloadPlan } from "./workload-plan.ts";

type Compiled = {
  readonly key: string;
  readonly plan: InboundPlan;
  readonly workload: WorkloadPlan;
};

export class CompileWorkloads {
  // What the next one takes from.
  readonly compiled: Derived<Catalog, Workload, Compiled>;
  readonly patchedInbound: Patched<Compiled, InboundPlan>;
  readonly patchedPlans: Patched<Compiled, WorkloadPlan>;

  constructor(catalog: Catalog, watch: Watch<Catalog>, before: CompileWorkloads | undefined) {
    this.compiled = new Derived(watch, catalog.workloads, compileOne, before?.compiled);
    const { results } = this.compiled;
    this.patchedInbound = patchMap(results, ({ key, plan }) => [key, plan], before?.patchedInbound);
    this.patchedPlans = patchMap(
      results,
      ({ key, workload }) => [key, workload],
      before?.patchedPlans,
    );
  }

  // By nameKey of the workload, as are `plans`.
  get inbound(): ReadonlyMap<string, InboundPlan> {
    return this.patchedInbound.map;
  }

  get plans(): ReadonlyMap<string, WorkloadPlan> {
    return this.patchedPlans.map;
  }
}

function compileOne(sight: Catalog, workload: Workload, last: Compiled | undefined): Compiled {
  const plan = compileInbound(sight, workload);
  if (last?.plan.hash === plan.hash) return last;
  return { key: nameKey(workload), plan, workload: last?.workload ?? workloadPlan(workload) };
}

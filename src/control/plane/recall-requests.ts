// Recorded requests with the plans that decided on them, also where that was a part of one: of a
// headless service one workload, of what isn't listed what was dialled. Snapshots have none of
// those, each is projected when somebody dials it.

import { DIRECT, directPlan } from "#compile/direct-plan.ts";
import { partWithId } from "#compile/project.ts";
import type { ArchivedPlan, PlanArchive } from "#control/reports/plan-archive.ts";
import type { FoundRequest, RecordedRequests } from "#control/reports/recorded-requests.ts";
import type { RecordedRequest } from "#snapshot/recorded-request.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

// `snapshot`: now. A pod that was dialled by its address has no plan in any other.
export function recallRequests(
  requests: RecordedRequests,
  id: string,
  snapshot: Pick<Snapshot, "direct" | "revision">,
): readonly FoundRequest[] {
  return requests.find(id).map((found) => {
    const archived =
      found.archived ??
      partThatDecided(requests.plans, found.request) ??
      podThatWasDialled(snapshot, found.request);
    return { ...found, archived };
  });
}

function podThatWasDialled(
  { direct, revision }: Pick<Snapshot, "direct" | "revision">,
  { decided }: RecordedRequest,
): ArchivedPlan | undefined {
  const [wholeId, part = ""] = decided?.planId.split("#", 2) ?? [];
  const colon = part.lastIndexOf(":");
  const address = part.slice(0, colon);
  const target = direct.get(address);
  if (!decided || !target || wholeId !== DIRECT) return undefined;
  const plan = directPlan({ target, address, port: Number(part.slice(colon + 1)) });
  return plan.hash === decided.planHash ? { plan, revision } : undefined;
}

function partThatDecided(
  plans: PlanArchive,
  { decided }: RecordedRequest,
): ArchivedPlan | undefined {
  const [wholeId = "", part] = decided?.planId.split("#", 2) ?? [];
  if (!decided || part === undefined) return undefined;
  for (const { plan: whole, revision } of plans.allWithId(wholeId)) {
    const plan = partWithId(whole, decided.planId);
    if (plan.hash === decided.planHash) return { plan, revision };
  }
  return undefined;
}

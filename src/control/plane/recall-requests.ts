// Recorded requests with the plans that decided on them, also where that was a part of one: of a
// headless service one workload, of what isn't listed what was dialled. Snapshots have none of
// those, each is projected when somebody dials it.

import { partWithId } from "#compile/project.ts";
import type { ArchivedPlan, PlanArchive } from "#control/reports/plan-archive.ts";
import type { FoundRequest, RecordedRequests } from "#control/reports/recorded-requests.ts";
import type { RecordedRequest } from "#snapshot/recorded-request.ts";

export function recallRequests(requests: RecordedRequests, id: string): readonly FoundRequest[] {
  return requests.find(id).map((found) => {
    const archived = found.archived ?? partThatDecided(requests.plans, found.request);
    return { ...found, archived };
  });
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

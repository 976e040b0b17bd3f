// Near and far endpoints, in words.

import type { ExplainedNearness } from "#api/explained-nearness.ts";

export function nearnessLines(nearness: ExplainedNearness): string[] {
  const { caller, kind, groups, outOfReach, isNodeLocal } = nearness;
  const where = caller === "" ? "nobody says where the caller is" : `the caller is in ${caller}`;
  const why = isNodeLocal ? "they are not on the caller's node" : `${where}, and they get no share`;
  const left = outOfReach.length > 0 ? [`never ${outOfReach.join(", ")}: ${why}`] : [];
  return [...(kind === "any" ? [] : [groupsLine(kind, groups, where)]), ...left];
}

function groupsLine(
  kind: "tiers" | "shares",
  groups: ExplainedNearness["groups"],
  where: string,
): string {
  const texts = groups.map(({ percent, workloads }) => {
    const names = workloads.join(", ");
    return percent === null ? names : `${percent} % to ${names}`;
  });
  if (kind === "shares") return `shared by place: ${texts.join("; ")} (${where})`;
  return `near ones first: ${texts.join("; then, as far as those fail, ")} (${where})`;
}

// What becomes of a request, and of its answer, on the way to one backend of its rule.

import type { ExplainedBackend, ExplainedChange } from "#api/explanation.ts";
import { bindShape } from "#decision/bind-shape.ts";
import type { DecisionRequest } from "#decision/decision.ts";
import { editPath } from "#decision/edit-path.ts";
import type { RoutePlan } from "#snapshot/plan.ts";
import type { HeaderEditsPlan, ShapePlan } from "#snapshot/shape-plan.ts";

export function explainChanges(
  route: RoutePlan | undefined,
  at: number,
  request: DecisionRequest,
): Pick<ExplainedBackend, "changes"> {
  const shapes = [route?.action.backends[at]?.shape, route?.shape];
  const shape = bindShape(...(shapes as [ShapePlan | undefined, ShapePlan | undefined]));
  if (!shape) return {};
  const changes: ExplainedChange[] = [];
  const note = (part: "authority" | "path", value: string) =>
    changes.push({ of: "request", part, action: "set", name: "", value });
  if (shape.authority !== undefined) note("authority", shape.authority);
  if (shape.path) note("path", editPath(request.path, shape.path));
  for (const each of shapes) {
    changes.push(...headerChanges("request", each?.request));
    changes.push(...headerChanges("response", each?.response));
  }
  return changes.length > 0 ? { changes } : {};
}

function headerChanges(
  of: ExplainedChange["of"],
  edits: HeaderEditsPlan | undefined,
): ExplainedChange[] {
  if (!edits) return [];
  const base = { of, part: "header" } as const;
  return [
    ...edits.remove.map((name) => ({ ...base, action: "remove" as const, name, value: "" })),
    ...edits.set.map(([name, value]) => ({ ...base, action: "set" as const, name, value })),
    ...edits.add.map(([name, value]) => ({ ...base, action: "add" as const, name, value })),
  ];
}

// What a rule changes or answers, as plans have it: what depends on the match that holds is worked
// out here, so that a proxy need not know which one it was.

import type { PathEdit, RequestShape } from "#ir/request-shape.ts";
import type { PathMatch, RouteRule } from "#ir/route.ts";
import type { RouteReply } from "#ir/route-reply.ts";
import type { PathEditPlan, ReplyPlan, ShapePlan } from "#snapshot/shape-plan.ts";

// Each of its matches needs a route of its own.
export function dependsOnMatch({ shape, reply }: RouteRule): boolean {
  const path = reply?.kind === "redirect" ? reply.path : undefined;
  return path?.kind === "matched" || shape?.path?.kind === "matched";
}

export function shapePlan(shape: RequestShape, matched: PathMatch | undefined): ShapePlan {
  const { path, ...others } = shape;
  return path ? { ...others, path: pathEditPlan(path, matched) } : others;
}

export function replyPlan(reply: RouteReply, matched: PathMatch | undefined): ReplyPlan {
  if (reply.kind === "direct") return reply;
  const { path, ...others } = reply;
  return path ? { ...others, path: pathEditPlan(path, matched) } : others;
}

function pathEditPlan(edit: PathEdit, matched: PathMatch | undefined): PathEditPlan {
  if (edit.kind !== "matched") return edit;
  switch (matched?.kind) {
    case "exact":
    case "regex":
      return { kind: "full", value: edit.value };
    case "prefix":
      return { kind: "prefix", prefix: matched.value, value: edit.value };
    // No path is the prefix "/" of segments.
    default: {
      const prefix = withoutSlash(matched?.value ?? "/");
      return { kind: "prefix", prefix, value: withoutSlash(edit.value) };
    }
  }
}

function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

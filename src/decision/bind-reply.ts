// Prepares what a route answers by itself.

import type { ReplyPlan } from "#snapshot/shape-plan.ts";
import { bindPathEdit } from "./bind-shape.ts";
import type { BoundReply, BoundShape } from "./bound-shape.ts";

// `shape`: what the route changes in its answers.
export function bindReply(reply: ReplyPlan, shape: BoundShape | undefined): BoundReply {
  const { kind, status } = reply;
  if (kind === "direct") {
    const body = Buffer.from(reply.bodyBase64, "base64");
    return { kind, status, body, contentType: reply.contentType, shape };
  }
  const { scheme, authority, port, path } = reply;
  return { kind, status, scheme, authority, port, path: path && bindPathEdit(path), shape };
}

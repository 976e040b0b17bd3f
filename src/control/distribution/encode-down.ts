// A message for a proxy, as it goes over the wire. A plan's text is made once, however many proxies
// are told of it.

import { encodeMessage, frameText } from "#snapshot/message-frames.ts";
import type { DownMessage, Update } from "#snapshot/messages.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";

const texts = new WeakMap<OutboundPlan, string>();

export function encodeDown(message: DownMessage): Buffer {
  const isLarge = message.type === "update" && message.plans.length > 0;
  return isLarge ? frameText(updateText(message)) : encodeMessage(message);
}

function updateText({ plans, ...others }: Update): string {
  const rest = JSON.stringify(others).slice(1);
  return `{"plans":[${plans.map(planText).join(",")}],${rest}`;
}

function planText(plan: OutboundPlan): string {
  const text = texts.get(plan) ?? JSON.stringify(plan);
  texts.set(plan, text);
  return text;
}

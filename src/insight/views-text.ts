// How proxies find an endpoint, in words, behind its address.

import type { ExplainedView } from "#api/explanation.ts";

const NAMED_MAX = 3;

// "" where nobody has anything to say.
export function viewsText(views: readonly ExplainedView[]): string {
  const [only, ...others] = views;
  if (!only) return "";
  if (others.length === 0) return `; ${only.seenBy} finds it ${viewText(only)}`;
  return [
    partText(views, "leave it out for failing", ({ ejectedForMs }) => ejectedForMs > 0),
    partText(views, "could not reach it", ({ isAvoided }) => isAvoided),
    partText(views, "still warm it up", ({ warmingForMs }) => warmingForMs > 0),
    `; ${sum(views.map(({ inFlight }) => inFlight))} in flight`,
  ].join("");
}

function viewText(view: ExplainedView): string {
  const { ejectedForMs, isAvoided, warmingForMs, latencyMs, inFlight } = view;
  const state = [
    ...(ejectedForMs > 0 ? [`left out for failing, for ${secondsText(ejectedForMs)} more`] : []),
    ...(isAvoided ? ["out of reach a moment ago"] : []),
    ...(warmingForMs > 0 ? [`warming up, for ${secondsText(warmingForMs)} more`] : []),
  ];
  const speed = latencyMs > 0 ? [`answering in ${latencyText(latencyMs)}`] : [];
  const load = [...speed, `${inFlight} in flight`].join(", ");
  return state.length > 0 ? `${state.join(", ")} (${load})` : `well (${load})`;
}

function partText(
  views: readonly ExplainedView[],
  what: string,
  holds: (view: ExplainedView) => boolean,
): string {
  const names = views.filter(holds).map(({ seenBy }) => seenBy);
  if (names.length === 0) return "";
  const more = names.length > NAMED_MAX ? " and others" : "";
  const listed = names.slice(0, NAMED_MAX).join(", ");
  return `; ${names.length} of ${views.length} callers ${what} (${listed}${more})`;
}

function secondsText(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}

function latencyText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

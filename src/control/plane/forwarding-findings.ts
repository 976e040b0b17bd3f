// Applications that drop the traces that they are sent, as their proxies see it: while an
// application answers others, what it asks for itself begins traces of its own.
//
// A proxy can't know for whom an application asks. What it asks for of its own accord (a poll, a
// job) shows by coming while it is answering nobody, too, or by being rare beside what it answers.

import type {
  ForwardingCount,
  ForwardingCounts,
} from "#control/reports/traces/forwarding-counts.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { type Model, type Name, nameKey } from "#ir/model.ts";
import type { ObjectRef, Position } from "#ir/origin.ts";

// So many requests that began traces of their own, together.
const DROPPED_MIN = 20;
// Of those to one service while it was answering.
const DROPPED_SHARE_MIN = 0.5;
// Of those to one service that belong to no trace that came.
const OWN_SHARE_MAX = 0.05;
// Of the requests that it was sent.
const SERVED_SHARE_MIN = 0.05;
const NAMED_MOST = 5;

const REMEDY =
  "Copy the headers traceparent and tracestate (where B3 is used: b3, or x-b3-traceid, " +
  "x-b3-spanid, x-b3-parentspanid, x-b3-sampled and x-b3-flags), and x-request-id, from the " +
  "request that is being answered to those that are made for it; OpenTelemetry's libraries do";

type Counts = Pick<ForwardingCounts, "byWorkload" | "windowMs">;

export function forwardingFindings(counts: Counts, model: Model): readonly Diagnostic[] {
  return droppingCounts(counts).map((dropping) => findingOf(dropping, counts.windowMs, model));
}

// Whose applications they are, by name: they are counted in the order in which they reported.
export function workloadsDropping(counts: Counts): readonly Name[] {
  const all = droppingCounts(counts).flatMap(([first]) =>
    first ? [{ namespace: first.namespace, name: first.workload }] : [],
  );
  return all.sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
}

// By workload.
function droppingCounts({ byWorkload }: Counts): readonly (readonly ForwardingCount[])[] {
  return byWorkload.flatMap((ofWorkload) => {
    const served = ofWorkload.find(({ service }) => service === "")?.requests ?? 0;
    const dropping = ofWorkload.filter(isDropping);
    const dropped = sum(dropping, droppedOf);
    const isEnough = dropped >= DROPPED_MIN && dropped >= served * SERVED_SHARE_MIN;
    return isEnough ? [dropping] : [];
  });
}

function isDropping(count: ForwardingCount): boolean {
  const dropped = droppedOf(count);
  if (dropped === 0 || dropped < (dropped + count.forwarded) * DROPPED_SHARE_MIN) return false;
  return count.own <= (dropped + count.own) * OWN_SHARE_MAX;
}

function findingOf(
  dropping: readonly ForwardingCount[],
  windowMs: number,
  model: Model,
): Diagnostic {
  const [{ namespace, workload } = { namespace: "", workload: "" }] = dropping;
  const dropped = sum(dropping, droppedOf);
  const asked = dropped + sum(dropping, ({ forwarded }) => forwarded);
  const begun = sum(dropping, (count) => count.begun);
  const how = [
    ...(begun > 0 ? [`${begun} came without headers of a trace`] : []),
    ...(dropped > begun ? [`${dropped - begun} with those of a trace that it was not sent`] : []),
  ];
  return {
    severity: "warning",
    code: "WEFT401",
    message:
      `${namespace}/${workload} does not forward the headers of traces: of ${asked} traced ` +
      `requests that it made to ${servicesText(dropping)} in ${minutesText(windowMs)} while it ` +
      `was answering others, ${dropped} began a trace of their own (${how.join(", ")})`,
    remedy: REMEDY,
    ...placeOf(model, namespace, workload),
    field: undefined,
  };
}

function placeOf(
  { workloads }: Model,
  namespace: string,
  workload: string,
): { readonly ref: ObjectRef; readonly position: Position | undefined } {
  const declared = workloads.find((known) => {
    return known.namespace === namespace && (known.controller ?? known.name) === workload;
  });
  if (!declared) {
    const ref = { group: "weft.dev", kind: "Workload", namespace, name: workload };
    return { ref, position: undefined };
  }
  const { ref, position } = declared.origin;
  return { ref, position };
}

function servicesText(dropping: readonly ForwardingCount[]): string {
  const most = dropping.toSorted((a, b) => droppedOf(b) - droppedOf(a)).slice(0, NAMED_MOST);
  const more = dropping.length - most.length;
  const named = most.map(({ service }) => service).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}

function minutesText(windowMs: number): string {
  const minutes = Math.max(Math.ceil(windowMs / 60_000), 1);
  return minutes === 1 ? "the last minute" : `the last ${minutes} minutes`;
}

function droppedOf({ begun, foreign }: ForwardingCount): number {
  return begun + foreign;
}

function sum(counts: readonly ForwardingCount[], of: (count: ForwardingCount) => number): number {
  return counts.reduce((total, count) => total + of(count), 0);
}

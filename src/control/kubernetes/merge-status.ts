// What a status says after we have said our part: entries of other controllers stay as they are,
// and times stay where nothing has turned.

import type { RouteParentStatus } from "#api/route-parent-status.ts";

// metav1.Condition
export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
};

export type Said = Pick<Condition, "type" | "status" | "reason" | "message">;

export type Observation = {
  readonly generation: number | undefined; // of the object that was looked at
  readonly now: string; // RFC 3339
};

type Parent = {
  readonly parentRef: { readonly [field: string]: unknown };
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
};

const MESSAGE_MAX = 1_024;
const PARENTS_MAX = 32; // RouteStatus.parents

// RouteStatus.parents of Gateway API.
export function mergeParents(
  before: readonly Parent[],
  own: readonly RouteParentStatus[],
  controllerName: string,
  observation: Observation,
): readonly Parent[] {
  const others = before.filter((parent) => parent.controllerName !== controllerName);
  const ours = own.map(({ parentRef, conditions }): Parent => {
    const known = before.find(
      (parent) =>
        parent.controllerName === controllerName && refKey(parent.parentRef) === refKey(parentRef),
    );
    return {
      parentRef,
      controllerName,
      conditions: conditions.map((said) => conditionOf(said, known?.conditions ?? [], observation)),
    };
  });
  return [...others, ...ours].slice(0, PARENTS_MAX);
}

// A list of conditions in which one is ours.
export function mergeConditions(
  before: readonly Condition[],
  said: Said,
  observation: Observation,
): readonly Condition[] {
  const own = conditionOf(said, before, observation);
  const at = before.findIndex(({ type }) => type === said.type);
  return at < 0 ? [...before, own] : before.with(at, own);
}

function conditionOf(
  { type, status, reason, message }: Said,
  before: readonly Condition[],
  { generation, now }: Observation,
): Condition {
  const known = before.find((condition) => condition.type === type);
  const hasTurned = known?.status !== status;
  return {
    ...{ type, status, reason, message: message.slice(0, MESSAGE_MAX) },
    ...(generation !== undefined && { observedGeneration: generation }),
    lastTransitionTime: known && !hasTurned ? known.lastTransitionTime : now,
  };
}

function refKey(ref: { readonly [field: string]: unknown }): string {
  const { group, kind, namespace, name, port, sectionName } = ref;
  return JSON.stringify([group, kind, namespace, name, port, sectionName]);
}

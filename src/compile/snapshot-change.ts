// What a snapshot says that the one before didn't, so that only those are told whom it concerns.

import type { Snapshot } from "#snapshot/snapshot.ts";
import { labelOfName } from "./key-labels.ts";
import { PASSTHROUGH } from "./resolve-key.ts";

export type SnapshotChange = {
  readonly plans: ReadonlySet<string>; // ids of outbound plans that are others
  // Keys with one of these labels may mean something else, or something at last; "all": any may.
  readonly labels: ReadonlySet<string> | "all";
  // Workloads, by nameKey, whose own plan is another...
  readonly inbound: ReadonlySet<string>;
  // ...or for whom every key may mean something else.
  readonly viewers: ReadonlySet<string>;
};

export function snapshotChange(before: Snapshot, now: Snapshot): SnapshotChange {
  const plans = new Set<string>();
  const ports = new Set<string>(); // that came or went
  for (const [key, plan] of now.outbound) {
    const known = before.outbound.get(key);
    if (known === plan) continue;
    if (!known) ports.add(key);
    else if (known.hash !== plan.hash) plans.add(plan.id);
  }
  for (const key of keysGone(before.outbound, now.outbound)) ports.add(key);
  const inbound = changedKeys(before.inbound, now.inbound, (a, b) => a.hash === b.hash);
  const viewers = changedKeys(before.directory.egress, now.directory.egress, () => false);
  return { plans, labels: changedLabels(before, now, ports), inbound, viewers };
}

function changedLabels(
  before: Snapshot,
  now: Snapshot,
  ports: ReadonlySet<string>,
): ReadonlySet<string> | "all" {
  const [a, b] = [before.directory, now.directory];
  const isOther = a.allowsUnknown !== b.allowsUnknown || a.ranges !== b.ranges;
  if (isOther || ports.has(PASSTHROUGH)) return "all";
  const labels = new Set<string>();
  const names = [
    ...changedKeys(a.hosts, b.hosts, () => false),
    ...changedKeys(before.direct, now.direct, () => false),
    ...(ports.size > 0 ? namesOfPorts(now, ports) : []),
  ];
  for (const name of names) {
    const label = labelOfName(name);
    if (label === undefined) return "all";
    labels.add(label);
  }
  return labels;
}

// What leads to these ports ("namespace/name/port", maybe with "@consumer").
function namesOfPorts({ directory, direct }: Snapshot, ports: ReadonlySet<string>): string[] {
  const services = new Set([...ports].map((key) => key.slice(0, key.lastIndexOf("/"))));
  const leads = (entry: { readonly namespace: string; readonly name: string }) =>
    services.has(`${entry.namespace}/${entry.name}`);
  const { ranges } = directory;
  const names = [...directory.hosts].flatMap(([name, all]) => (all.some(leads) ? [name] : []));
  const addresses = [...direct].flatMap(([address, { headless }]) =>
    headless.some(leads) ? [address] : [],
  );
  return [...names, ...addresses, ...(ranges.some(({ entry }) => leads(entry)) ? ["*"] : [])];
}

function changedKeys<Value>(
  before: ReadonlyMap<string, Value>,
  now: ReadonlyMap<string, Value>,
  isSame: (a: Value, b: Value) => boolean,
): ReadonlySet<string> {
  if (before === now) return new Set();
  const changed = new Set<string>();
  for (const [key, value] of now) {
    const known = before.get(key);
    if (known !== value && !(known !== undefined && isSame(known, value))) changed.add(key);
  }
  for (const key of keysGone(before, now)) changed.add(key);
  return changed;
}

function keysGone(
  before: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
): readonly string[] {
  return before === now ? [] : [...before.keys()].filter((key) => !now.has(key));
}

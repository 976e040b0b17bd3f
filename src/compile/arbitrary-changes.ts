// Changes of models at random, for tests: one object, or what is known of the world besides.

import fc from "fast-check";
import type { Model } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import type { Registration } from "#snapshot/registration.ts";
import { variedModels } from "./arbitrary-models.ts";
import { type Compilation, compile } from "./compile.ts";
import { sampleRegistration } from "./sample-model.ts";

const LISTS = [
  ...(["workloads", "services", "outsides", "subsets", "routes", "entries"] as const),
  "egressRules" as const,
];
const FOUND: readonly (readonly string[] | undefined)[] = [undefined, ["10.3.0.1"], ["10.3.0.2"]];

// Takes one object of another model into one, in the place of its namesake, or away from it.
export type ModelChange = {
  readonly from: Model;
  readonly list: (typeof LISTS)[number] | "mesh" | "registrations" | "names";
  readonly isGone: boolean;
  readonly at: number;
};

export const modelChanges: fc.Arbitrary<ModelChange> = fc.record({
  from: variedModels,
  list: fc.constantFrom(...LISTS, "mesh" as const, "registrations" as const, "names" as const),
  isGone: fc.boolean(),
  at: fc.nat(3),
});

export type World = {
  readonly model: Model;
  readonly registrations: readonly Registration[];
  readonly addresses: readonly string[] | undefined; // that any host has
};

export function changeWorld(world: World, { from, list, isGone, at }: ModelChange): World {
  const { model, registrations } = world;
  if (list === "mesh") return { ...world, model: { ...model, mesh: from.mesh } };
  if (list === "names") return { ...world, addresses: FOUND[at % FOUND.length] };
  if (list === "registrations") {
    return { ...world, registrations: toggle(registrations, model, at) };
  }
  const changed = taken<Originated>(model[list], from[list], isGone, at);
  return { ...world, model: { ...model, [list]: changed } };
}

export function compileWorld(
  { model, registrations, addresses }: World,
  revision: number,
  before?: Compilation,
): Compilation {
  return compile(model, registrations, revision, () => addresses, before);
}

type Originated = { readonly origin: Origin };

function taken<T extends Originated>(
  own: readonly T[] = [],
  others: readonly T[] = [],
  isGone: boolean,
  at: number,
): readonly T[] {
  if (isGone) return own.filter((_, i) => i !== at % own.length);
  const other = others[at % others.length];
  if (!other) return own;
  const place = own.findIndex((each) => nameOf(each) === nameOf(other));
  return place < 0 ? [...own, other] : own.with(place, other);
}

function nameOf({ origin: { ref } }: Originated): string {
  return `${ref.kind} ${ref.namespace}/${ref.name}`;
}

function toggle(
  registrations: readonly Registration[],
  { workloads }: Model,
  at: number,
): readonly Registration[] {
  const workload = workloads[at % workloads.length];
  if (!workload) return [];
  const { namespace, name } = workload;
  const place = registrations.findIndex(
    (each) => each.namespace === namespace && each.name === name,
  );
  const known = registrations[place];
  if (!known) return [...registrations, sampleRegistration(workload)];
  if (known.isReady) return registrations.with(place, { ...known, isReady: false });
  return registrations.filter((each) => each !== known);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Model } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import type { Registration } from "#snapshot/registration.ts";
import { variedModels } from "./arbitrary-models.ts";
import { canonicalJson } from "./canonical-json.ts";
import { compareText } from "./compare.ts";
import { type Compilation, compile } from "./compile.ts";
import {
  sampleHttpRoute,
  sampleModel,
  sampleRegistration,
  sampleService,
  sampleWorkload,
} from "./sample-model.ts";

type Originated = { readonly origin: Origin };

const LISTS = [
  ...(["workloads", "services", "outsides", "subsets", "routes", "entries"] as const),
  "egressRules" as const,
];
const FOUND: readonly (readonly string[] | undefined)[] = [undefined, ["10.3.0.1"], ["10.3.0.2"]];

// Takes one object of another model into one, in the place of its namesake, or away from it.
const steps = fc.record({
  from: variedModels,
  list: fc.constantFrom(...LISTS, "mesh" as const, "registrations" as const, "names" as const),
  isGone: fc.boolean(),
  at: fc.nat(3),
});

test("compiling a change comes to the same as compiling everything", () => {
  fc.assert(
    fc.property(variedModels, fc.array(steps, { minLength: 1, maxLength: 12 }), (first, all) => {
      let model = first;
      let registrations: readonly Registration[] = [];
      let addresses: readonly string[] | undefined;
      const addressesOf = () => addresses;
      let last = compile(model, registrations, 1, addressesOf);
      for (const { from, list, isGone, at } of all) {
        if (list === "mesh") model = { ...model, mesh: from.mesh };
        else if (list === "names") addresses = FOUND[at % FOUND.length];
        else if (list === "registrations") registrations = toggle(registrations, model, at);
        else model = { ...model, [list]: taken<Originated>(model[list], from[list], isGone, at) };
        last = compile(model, registrations, 1, addressesOf, last);
        assert.deepEqual(textOf(last), textOf(compile(model, registrations, 1, addressesOf)));
      }
    }),
    { seed: 4, numRuns: 300 },
  );
});

test("what a change doesn't touch is the same object as before", () => {
  const names = ["reviews", "ratings"] as const;
  const workloads = names.map((name) => sampleWorkload(name));
  const model = sampleModel({
    workloads,
    services: names.map((name) => sampleService(name)),
    routes: [sampleHttpRoute("to-reviews", [{}])],
  });
  const registrations = workloads.map((workload) => sampleRegistration(workload));
  const before = compile(model, registrations, 1);
  const [reviews] = registrations as [Registration];
  const changed = [{ ...reviews, isReady: false }, ...registrations.slice(1)];
  const after = compile(model, changed, 2, undefined, before);
  const plans = ({ snapshot: { outbound } }: Compilation) =>
    names.map((name) => outbound.get(`bookshop/${name}/9080`));
  assert.notEqual(plans(after)[0], plans(before)[0]);
  assert.equal(plans(after)[1], plans(before)[1]);
  assert.equal(after.snapshot.inbound, before.snapshot.inbound);
  assert.equal(after.snapshot.directory, before.snapshot.directory);
  const same = compile({ ...model }, [...changed], 3, undefined, after);
  assert.equal(same.snapshot.outbound, after.snapshot.outbound);
  assert.equal(same.diagnostics, after.diagnostics);
});

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

// In an order of its own: that of maps is that of their changes.
function textOf({ snapshot, diagnostics }: Compilation): readonly string[] {
  const { outbound, inbound, workloads, members, directory, direct } = snapshot;
  const { hosts, egress, ...others } = directory;
  const maps = [outbound, inbound, workloads, members, hosts, egress, direct].map((map) =>
    canonicalJson([...map].sort(([a], [b]) => compareText(a, b))),
  );
  return [...maps, canonicalJson(others), canonicalJson(diagnostics)];
}

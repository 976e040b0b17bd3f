import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Registration } from "#snapshot/registration.ts";
import { changeWorld, compileWorld, modelChanges, type World } from "./arbitrary-changes.ts";
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

test("compiling a change comes to the same as compiling everything", () => {
  fc.assert(
    fc.property(
      variedModels,
      fc.array(modelChanges, { minLength: 1, maxLength: 12 }),
      (model, changes) => {
        let world: World = { model, registrations: [], addresses: undefined };
        let last = compileWorld(world, 1);
        for (const change of changes) {
          world = changeWorld(world, change);
          last = compileWorld(world, 1, last);
          assert.deepEqual(textOf(last), textOf(compileWorld(world, 1)));
        }
      },
    ),
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

// In an order of its own: that of maps is that of their changes.
function textOf({ snapshot, diagnostics }: Compilation): readonly string[] {
  const { outbound, inbound, workloads, members, directory, direct } = snapshot;
  const { hosts, egress, ...others } = directory;
  const maps = [outbound, inbound, workloads, members, hosts, egress, direct].map((map) =>
    canonicalJson([...map].sort(([a], [b]) => compareText(a, b))),
  );
  return [...maps, canonicalJson(others), canonicalJson(diagnostics)];
}

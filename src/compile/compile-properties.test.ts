import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Model } from "#ir/model.ts";
import type { Registration } from "#snapshot/registration.ts";
import { models } from "./arbitrary-models.ts";
import { canonicalJson } from "./canonical-json.ts";
import { compile } from "./compile.ts";
import { sampleModel, sampleRegistration } from "./sample-model.ts";

const registrationsOf = ({ workloads: all }: Model): Registration[] =>
  all.map((workload, i) => sampleRegistration(workload, { isReady: i % 2 === 0 }));

const textOf = (model: Model, registrations: readonly Registration[]): string => {
  const { snapshot, diagnostics } = compile(model, registrations, 1);
  const { outbound, inbound, workloads: all, members } = snapshot;
  return canonicalJson([...[outbound, inbound, all, members].map((map) => [...map]), diagnostics]);
};

test("compiling never throws, and yields the same for the same", () => {
  fc.assert(
    fc.property(models, (model) => {
      const registrations = registrationsOf(model);
      assert.equal(textOf(model, registrations), textOf(model, registrations));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("the order in which objects stand in their files changes nothing", () => {
  fc.assert(
    fc.property(models, (model) => {
      const registrations = registrationsOf(model);
      const turned = sampleModel({
        workloads: model.workloads.toReversed(),
        services: model.services.toReversed(),
        subsets: model.subsets.toReversed(),
        routes: model.routes.toReversed(),
      });
      assert.equal(textOf(turned, registrations.toReversed()), textOf(model, registrations));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("a plan is whole: its indexes lead somewhere, its weights count, its id is its key", () => {
  fc.assert(
    fc.property(models, (model) => {
      const { snapshot } = compile(model, registrationsOf(model), 1);
      for (const [key, plan] of snapshot.outbound) {
        assert.equal(plan.id, `outbound/${key}`);
        for (const { action } of plan.routes) {
          for (const { backend, weight } of action.backends) {
            assert.ok(plan.backends[backend]);
            assert.ok(weight > 0 && Number.isFinite(weight));
          }
        }
        const names = plan.backends.map((backend) => JSON.stringify(backend));
        assert.equal(new Set(names).size, names.length);
      }
    }),
    { seed: 3, numRuns: 300 },
  );
});

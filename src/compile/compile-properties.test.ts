import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Model, Service, SubsetRule, Workload } from "#ir/model.ts";
import type { HttpRoute, RouteBackend, RouteMatch, RouteParent } from "#ir/route.ts";
import type { Registration } from "#snapshot/registration.ts";
import { canonicalJson } from "./canonical-json.ts";
import { compile } from "./compile.ts";
import { sampleModel, sampleOrigin, sampleRegistration, sampleWorkload } from "./sample-model.ts";

// Few different words, so that references meet what they are for, and miss it.
const words = fc.constantFrom("a", "b", "c");
const names = fc.record({ namespace: fc.constantFrom("a", "b"), name: words });
const ports = fc.constantFrom(80, 81);
const labels = fc
  .dictionary(words, words, { maxKeys: 2 })
  .map((all) => new Map(Object.entries(all)));
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const protocols = fc.constantFrom("http" as const, "http" as const, "tcp" as const);
const originOf = ({ namespace, name }: { namespace: string; name: string }, kind: string) =>
  sampleOrigin(kind, name, 1, namespace);

const workloads: fc.Arbitrary<Workload> = fc
  .record({
    name: names,
    labels,
    serviceAccount: words,
    ports: fc.array(fc.record({ name: words, port: ports, protocol: protocols }), { maxLength: 2 }),
  })
  .map(({ name, ...parts }) => {
    return { ...sampleWorkload(name.name), ...name, ...parts, origin: originOf(name, "Workload") };
  });

const services: fc.Arbitrary<Service> = fc
  .record({
    name: names,
    selector: labels,
    ports: fc.array(
      fc.record({
        name: words,
        port: ports,
        targetPort: fc.oneof(words, ports),
        protocol: protocols,
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ name, ...parts }) => ({ ...name, ...parts, origin: originOf(name, "Service") }));

const subsetRules: fc.Arbitrary<SubsetRule> = fc
  .record({
    service: names,
    subsets: fc.array(fc.record({ name: words, labels }), { maxLength: 2 }),
  })
  .map((rule) => ({ ...rule, origin: originOf(rule.service, "DestinationRule") }));

const fields = fc.array(
  fc.record({ name: words, value: fc.constant({ kind: "present" as const }) }),
  { maxLength: 2 },
);
const matches: fc.Arbitrary<RouteMatch> = fc.record({
  port: maybe(ports),
  path: maybe(
    fc.record({
      kind: fc.constantFrom("exact" as const, "prefix" as const, "segment-prefix" as const),
      value: fc.constantFrom("", "/", "/a", "/a/"),
    }),
  ),
  method: maybe(fc.constantFrom("GET", "POST")),
  authority: fc.constant(undefined),
  headers: fields,
  query: fields,
});
const weights = fc.constantFrom(0, 1, 99, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e308);
const backends: fc.Arbitrary<RouteBackend> = fc.oneof(
  fc.record({ kind: fc.constant("invalid" as const), reason: words, weight: weights }),
  fc.record({
    kind: fc.constant("service" as const),
    service: names,
    port: maybe(ports),
    subset: maybe(words),
    weight: weights,
    origin: fc.constant(sampleOrigin("HTTPRoute", "backend")),
  }),
);
const parents: fc.Arbitrary<RouteParent> = fc.record({ service: names, port: maybe(ports) });
const routes: fc.Arbitrary<HttpRoute> = fc
  .record({
    name: names,
    dialect: fc.constantFrom("gateway-api" as const, "istio" as const, "smi" as const),
    parents: fc.array(parents, { maxLength: 2 }),
    authorities: fc.array(words, { maxLength: 2 }),
    consumerNamespace: maybe(fc.constantFrom("a", "b")),
    createdAtMs: fc.nat(2),
    rules: fc.array(
      fc.record({
        matches: fc.array(matches, { maxLength: 2 }),
        backends: fc.array(backends, { maxLength: 2 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ name, rules, ...parts }) => ({
    ...parts,
    origin: originOf(name, parts.dialect),
    order: parts.dialect === "gateway-api" ? "most-specific" : "as-written",
    rules: rules.map((rule, index) => {
      return { ...rule, index, name: "", origin: originOf(name, parts.dialect) };
    }),
  }));

const nameOf = ({ origin: { ref } }: { readonly origin: Workload["origin"] }) =>
  `${ref.kind} ${ref.namespace}/${ref.name}`;
const once = <T extends { readonly origin: Workload["origin"] }>(objects: fc.Arbitrary<T>) =>
  fc.uniqueArray(objects, { maxLength: 4, selector: nameOf });

// Each object once, as discovery delivers them.
const models: fc.Arbitrary<Model> = fc
  .record({
    workloads: once(workloads),
    services: once(services),
    subsets: once(subsetRules),
    routes: once(routes),
  })
  .map(sampleModel);

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

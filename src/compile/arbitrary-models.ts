// Models at random, for tests: few different words, so that references meet what they are for, and
// miss it.

import fc from "fast-check";
import type { EgressRule } from "#ir/egress-rule.ts";
import type { Model, Outside, Service, SubsetRule, Workload, WorkloadEntry } from "#ir/model.ts";
import type { HttpRoute, RouteBackend, RouteMatch, RouteParent } from "#ir/route.ts";
import { sampleModel, sampleOrigin, sampleWorkload } from "./sample-model.ts";

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
export const models: fc.Arbitrary<Model> = fc
  .record({
    workloads: once(workloads),
    services: once(services),
    subsets: once(subsetRules),
    routes: once(routes),
  })
  .map(sampleModel);

const undeclared = fc.constantFrom("http" as const, "tcp" as const, "detect" as const);
const ranges = fc.constantFrom("10.0.0.7", "10.0.0.8", "10.1.0.0/16");
const zoned = fc
  .record({ own: labels, zone: fc.constantFrom("", "z1", "z2") })
  .map(({ own, zone }) =>
    zone === ""
      ? own
      : new Map([
          ...own,
          ["topology.kubernetes.io/zone", zone],
          ["topology.kubernetes.io/region", `region-of-${zone}`],
        ]),
  );

const zonedWorkloads = fc
  .record({
    ...{ workload: workloads, labels: zoned, protocol: undeclared },
    address: maybe(fc.constantFrom("10.2.0.1", "10.2.0.2", "10.0.0.7")),
  })
  .map(
    ({ workload, labels: own, protocol, address }): Workload => ({
      ...workload,
      labels: own,
      ports: workload.ports.map((port) => ({ ...port, protocol })),
      ...(address !== undefined && { addresses: [address] }),
    }),
  );

const variedServices: fc.Arbitrary<Service> = fc
  .record({
    service: services,
    protocol: undeclared,
    host: maybe(fc.constantFrom("a.example.com", "*.example.com", "b.a.svc.cluster.local")),
    addresses: maybe(fc.uniqueArray(ranges, { maxLength: 2 })),
    exportTo: maybe(fc.constantFrom(["a"], ["b"], ["a", "b"])),
    isHeadless: fc.boolean(),
    aliasOf: maybe(fc.constantFrom("a.a.svc.cluster.local", "a.example.com")),
  })
  .map(({ service, protocol, host, addresses, exportTo, aliasOf, isHeadless }) => ({
    ...service,
    ...(host !== undefined && {
      host,
      name: host,
      origin: sampleOrigin("ServiceEntry", service.name, 1, service.namespace),
    }),
    ...(addresses && { addresses }),
    ...(isHeadless && { isHeadless: true as const }),
    ...(exportTo && { exportTo }),
    ...(host === undefined && aliasOf !== undefined && { aliasOf, selector: new Map() }),
    ports: service.ports.map((port) => ({ ...port, protocol })),
  }));

const outsiders = fc.record({
  address: fc.constantFrom("10.2.0.1", "10.2.0.2", "db.example.com"),
  isReady: fc.boolean(),
  zone: fc.constantFrom("z1", "z2"),
  isNamed: fc.boolean(),
  workload: maybe(zonedWorkloads),
});
const outsideAddresses = outsiders.map(({ address, isReady, zone, isNamed, workload }) => ({
  ...{ address, name: address, isReady, zone },
  ...(workload ? { workload } : isNamed && { resolution: "all" as const }),
}));

const outsides: fc.Arbitrary<Outside> = fc
  .record({
    name: names,
    service: names,
    addresses: fc.array(outsideAddresses, { maxLength: 2 }),
    ports: fc.array(fc.record({ name: words, port: ports, protocol: undeclared }), {
      maxLength: 2,
    }),
  })
  .map(({ name, ...parts }) => ({ ...parts, origin: originOf(name, "EndpointSlice") }));

const entries: fc.Arbitrary<WorkloadEntry> = fc
  .record({ name: names, labels, endpoint: outsideAddresses })
  .map(({ name, ...parts }) => ({
    ...name,
    ...parts,
    origin: originOf(name, "WorkloadEntry"),
  }));

const egressRules: fc.Arbitrary<EgressRule> = fc
  .record({ name: names, selector: labels, allowsUnknown: fc.boolean() })
  .map(({ name, ...parts }) => ({
    ...{ namespace: name.namespace, ...parts },
    origin: originOf(name, "Sidecar"),
  }));

const meshes = fc.constantFrom(
  { trustDomain: "mesh.local", certificateLifeMs: 86_400_000 },
  { trustDomain: "mesh.local", certificateLifeMs: 86_400_000, allowsUnknown: true as const },
  { trustDomain: "mesh.local", certificateLifeMs: 86_400_000, onKubernetes: true as const },
  { trustDomain: "other.local", certificateLifeMs: 3_600_000, onKubernetes: true as const },
);

// With everything that may stand in one.
export const variedModels: fc.Arbitrary<Model> = fc
  .record({
    mesh: meshes,
    workloads: once(zonedWorkloads),
    services: once(variedServices),
    outsides: once(outsides),
    subsets: once(subsetRules),
    routes: once(routes),
    entries: once(entries),
    egressRules: once(egressRules),
  })
  .map(sampleModel);

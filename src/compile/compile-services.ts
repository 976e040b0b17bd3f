// The plans of all service ports, for everybody and for each namespace that sees something else.

import { isSameList } from "#base/same-list.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service, ServicePort } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { HttpRoute } from "#ir/route.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Member } from "#snapshot/snapshot.ts";
import type { AttachedRoute, Attachments } from "./attach-routes.ts";
import type { Catalog } from "./catalog.ts";
import { compareText } from "./compare.ts";
import { type CompiledOutbound, compileOutbound } from "./compile-outbound.ts";
import { Derived } from "./derived.ts";
import { consumersOfRules } from "./destination-rules.ts";
import { findService } from "./find-service.ts";
import { keepMap } from "./keep.ts";
import { type Patched, patchMap } from "./patch-map.ts";
import { routeConsumers } from "./route-consumers.ts";
import type { Watch } from "./watch.ts";

type Port = {
  readonly service: Service;
  readonly port: ServicePort;
  readonly attached: readonly AttachedRoute[];
};

// A port as callers in one namespace see it; undefined: wherever they are.
type View = Port & { readonly consumer: string | undefined; readonly key: string };

type Compiled = CompiledOutbound & {
  readonly key: string; // in the snapshot
  readonly members: ReadonlyMap<string, readonly Member[]>;
};

export class CompileServices {
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly diagnostics: readonly Diagnostic[];
  // What the next one takes from.
  readonly services: readonly Service[];
  readonly routesOf: Attachments["routesOf"];
  readonly ports: readonly Port[];
  readonly viewsOf: Derived<Catalog, Port, readonly View[]>;
  readonly views: readonly View[];
  readonly compiled: Derived<Catalog, View, Compiled>;
  readonly patched: Patched<Compiled, OutboundPlan>;

  constructor(
    { services }: Catalog,
    watch: Watch<Catalog>,
    { routesOf }: Attachments,
    before: CompileServices | undefined,
  ) {
    this.services = services;
    this.routesOf = routesOf;
    const hasSamePorts = before?.services === services && before.routesOf === routesOf;
    this.ports = hasSamePorts ? before.ports : portsOf(services, routesOf, before?.ports);
    this.viewsOf = new Derived(watch, this.ports, viewsOf, before?.viewsOf);
    const { results: views } = this.viewsOf;
    this.views = before?.viewsOf.results === views ? before.views : views.flat();
    this.compiled = new Derived(watch, this.views, compileView, before?.compiled);
    const { results } = this.compiled;
    this.patched = patchMap(results, ({ key, plan }) => [key, plan], before?.patched);
    const isSame = before?.compiled.results === results;
    this.members = isSame ? before.members : membersOf(results, before?.members);
    this.diagnostics = isSame
      ? before.diagnostics
      : results.flatMap(({ diagnostics }) => diagnostics);
  }

  // As a snapshot has it.
  get outbound(): ReadonlyMap<string, OutboundPlan> {
    return this.patched.map;
  }
}

const NONE: readonly AttachedRoute[] = [];

function portsOf(
  services: readonly Service[],
  routesOf: Attachments["routesOf"],
  before: readonly Port[] = [],
): readonly Port[] {
  const known = new Map(before.map((each) => [each.port, each]));
  return services.flatMap((service) =>
    portsOnce(service).map((port) => {
      const attached = routesOf.get(port) ?? NONE;
      const last = known.get(port);
      const isSame = last?.service === service && isSameList(last.attached, attached);
      return isSame ? last : { service, port, attached };
    }),
  );
}

// TCP and UDP may share a number; the first counts.
function portsOnce({ ports }: Service): readonly ServicePort[] {
  return ports.filter((port) => ports.find((other) => other.port === port.port) === port);
}

function viewsOf(catalog: Catalog, port: Port, last: readonly View[] | undefined): readonly View[] {
  const consumers = consumersOf(catalog, port);
  const known = last?.map(({ consumer }) => consumer) ?? [];
  if (last && isSameList(consumers, known)) return last;
  const key = `${nameKey(port.service)}/${port.port.port}`;
  return consumers.map((consumer) => ({
    ...port,
    ...{ consumer, key: consumer === undefined ? key : `${key}@${consumer}` },
  }));
}

// Everybody, and each namespace that sees other routes or other rules for what they lead to.
function consumersOf(catalog: Catalog, { service, attached }: Port): (string | undefined)[] {
  const routes = attached.map(({ route }) => route);
  const own = routeConsumers(routes);
  const targets = new Set([service, ...routes.flatMap((route) => targetsOf(catalog, route))]);
  const others = [...targets].flatMap((target) => consumersOfRules(catalog, target));
  return [undefined, ...[...new Set([...own, ...others])].sort(compareText)];
}

function targetsOf(catalog: Catalog, { rules }: HttpRoute): Service[] {
  return rules.flatMap(({ backends, traffic }) => {
    const copies = (traffic?.mirrors ?? []).map(({ backend }) => backend);
    return [...backends, ...copies].flatMap((backend) => {
      if (backend.kind !== "service") return [];
      return findService(catalog, backend.service, backend.origin) ?? [];
    });
  });
}

function compileView(catalog: Catalog, view: View, last: Compiled | undefined): Compiled {
  const { key, ...input } = view;
  const members = new Map<string, readonly Member[]>();
  const compiled = compileOutbound({ ...input, catalog, members });
  // The same again is no news to anybody.
  const plan = last?.plan.hash === compiled.plan.hash ? last.plan : compiled.plan;
  return { ...compiled, key, plan, members };
}

function membersOf(
  compiled: readonly Compiled[],
  before: ReadonlyMap<string, readonly Member[]> | undefined,
): ReadonlyMap<string, readonly Member[]> {
  const members = new Map<string, readonly Member[]>();
  for (const each of compiled) {
    for (const [backend, found] of each.members) members.set(backend, found);
  }
  return keepMap(before, members);
}

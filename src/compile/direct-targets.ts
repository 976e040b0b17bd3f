// Pods by their addresses, for callers that dial those: as clients of headless services do, and
// whoever asks the API server.

import { isDeepStrictEqual } from "node:util";
import { isSameList } from "#base/same-list.ts";
import type { Service, ServicePort, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { DirectTarget, HeadlessPort } from "#snapshot/direct-target.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import type { Catalog } from "./catalog.ts";
import { Derived } from "./derived.ts";
import { identityOf } from "./identity-of.ts";
import { keepMap } from "./keep.ts";
import { peerModeOf, peerRulesFor } from "./peer-mode.ts";
import { Watch } from "./watch.ts";
import { workloadPlan } from "./workload-plan.ts";

// What workloads' targets are made of.
type Sight = {
  readonly mesh: Catalog["mesh"];
  readonly peerRulesIn: Catalog["peerRulesIn"];
  // That headless services give out.
  readonly headlessOf: ReadonlyMap<string, readonly HeadlessPort[]>; // by nameKey of the workload
};

type Given = readonly (readonly [workload: string, HeadlessPort])[];
type Targets = readonly (readonly [address: string, DirectTarget])[];

export class DirectTargets {
  readonly targets: ReadonlyMap<string, DirectTarget>; // by address
  // What the next one takes from.
  readonly given: Derived<Catalog, Service, Given>;
  readonly sight: Sight;
  readonly found: Derived<Sight, Workload, Targets>;

  constructor(catalog: Catalog, watch: Watch<Catalog>, before: DirectTargets | undefined) {
    const { mesh, peerRulesIn } = catalog;
    const { workloads } = catalog;
    const services = mesh.onKubernetes ? catalog.services : [];
    this.given = new Derived(watch, services, headlessPorts, before?.given);
    const isSame = before?.given.results === this.given.results;
    const headlessOf = isSame
      ? before.sight.headlessOf
      : groupPorts(this.given.results.flat(), before?.sight.headlessOf);
    this.sight = { mesh, peerRulesIn, headlessOf };
    const own = new Watch(this.sight, before?.sight);
    this.found = new Derived(own, workloads, targetsOf, before?.found);
    this.targets =
      before?.found.results === this.found.results
        ? before.targets
        : keepMap(before?.targets, new Map(this.found.results.flat()));
  }
}

function targetsOf(sight: Sight, workload: Workload, [known]: Targets = []): Targets {
  if (!workload.addresses) return [];
  const headless = sight.headlessOf.get(nameKey(workload)) ?? NONE;
  const identity = identityOf(sight, workload);
  const last = known?.[1];
  const plaintext = plaintextOf(sight, workload);
  const isSame =
    last?.identity === identity &&
    isSameList(last.headless, headless) &&
    isDeepStrictEqual(last.plaintext, plaintext);
  const target = isSame ? last : targetOf(workload, identity, headless, plaintext);
  return workload.addresses.map((address) => [address, target]);
}

const NONE: readonly HeadlessPort[] = [];

function targetOf(
  workload: Workload,
  identity: string,
  headless: readonly HeadlessPort[],
  plaintext: DirectTarget["plaintext"],
): DirectTarget {
  const ports = workload.ports.map(({ port, protocol }) => ({ port, protocol }));
  const plan = workloadPlan(workload);
  const target = { workload: plan, identity, meshPort: POD_PORTS.mesh, ports, headless };
  return plaintext ? { ...target, plaintext } : target;
}

// Where its rule wants to be called without mutual TLS, but for some ports.
function plaintextOf(sight: Sight, workload: Workload): DirectTarget["plaintext"] {
  const isDisabled = (port?: number) => peerModeOf(sight, workload, port).mode === "disable";
  const [rule] = peerRulesFor(sight, workload);
  const all = isDisabled();
  const except = [...(rule?.ports.keys() ?? [])].filter((port) => isDisabled(port) !== all);
  return all || except.length > 0 ? { all, except } : undefined;
}

function headlessPorts(catalog: Catalog, service: Service, last: Given | undefined): Given {
  if (!service.isHeadless || service.host !== undefined) return last ?? [];
  const outsides = catalog.outsidesOf.get(nameKey(service)) ?? [];
  const given = outsides.flatMap(({ addresses, ports }) => {
    const targets = service.ports.flatMap((port) => targetIn(ports, port));
    return addresses.flatMap(({ workload, name }) =>
      workload
        ? targets.map((target) => [nameKey(workload), headlessPort(service, target, name)] as const)
        : [],
    );
  });
  return last && isDeepStrictEqual(last, given) ? last : given;
}

function groupPorts(given: Given, before: Sight["headlessOf"] | undefined): Sight["headlessOf"] {
  const groups = new Map<string, HeadlessPort[]>();
  for (const [workload, port] of given) {
    const known = groups.get(workload);
    if (known) known.push(port);
    else groups.set(workload, [port]);
  }
  return new Map(
    [...groups].map(([workload, ports]) => {
      const known = before?.get(workload);
      return [workload, known && isDeepStrictEqual(known, ports) ? known : ports];
    }),
  );
}

type Target = { readonly port: number; readonly targetPort: number };

function targetIn(
  ports: readonly { readonly name: string; readonly port: number }[],
  { name, port }: ServicePort,
): readonly Target[] {
  const own = ports.find((candidate) => candidate.name === name);
  return own ? [{ port, targetPort: own.port }] : [];
}

function headlessPort({ namespace, name }: Service, target: Target, part: string): HeadlessPort {
  return { namespace, name, ...target, part };
}

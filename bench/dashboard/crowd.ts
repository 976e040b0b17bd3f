// Two hundred workloads that call each other: light proxies on real control streams, each of which
// reports every second what a busy one would. Five layers of services with two pods each; every pod
// of the first four calls three of the next.

import type { Authority } from "#control/authority/authority.ts";
import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import type { Report, SeriesDelta, SeriesKey } from "#snapshot/report.ts";
import type { LargeMesh } from "../scale/large-mesh.ts";
import { LightMesh, type LightPlace } from "../scale/light-mesh.ts";

export const CROWD = { namespaces: 8, services: 100, podsOfService: 2, routes: 30 };
const LAYERS = 5;
const REPORT_MS = 1_000;
const TRUST_DOMAIN = "mesh.local";

type Pod = { readonly service: number; readonly pod: number };
type Call = { readonly from: Pod; readonly to: Pod };

export type CrowdOptions = {
  readonly mesh: LargeMesh;
  readonly authority: Authority;
  readonly control: { readonly address: string; readonly port: number };
};

export class Crowd {
  readonly calls: readonly Call[];
  readonly #mesh: LargeMesh;
  readonly #light: LightMesh;
  readonly #timers: NodeJS.Timeout[] = [];
  #round = 0;

  private constructor(mesh: LargeMesh, light: LightMesh) {
    this.#mesh = mesh;
    this.#light = light;
    this.calls = callsOf(mesh.size.services);
  }

  static async open({ mesh, authority, control }: CrowdOptions): Promise<Crowd> {
    const { services, podsOfService } = mesh.size;
    const places = Array.from({ length: services * podsOfService }, (_, i): LightPlace => {
      const { namespace, name, address } = mesh.registration(...placeOf(i), true);
      const identity = { trustDomain: TRUST_DOMAIN, namespace, serviceAccount: "default" };
      return { workload: { namespace, name }, address, identity };
    });
    const known = Array.from({ length: services }, (_, i) => {
      return { namespace: mesh.namespaceOf(i), name: `service-${i}` };
    });
    const light = await LightMesh.open({
      control,
      authority,
      places,
      services: known,
      keysOfEach: 3,
    });
    return new Crowd(mesh, light);
  }

  get lost(): readonly string[] {
    return this.#light.lost;
  }

  // Each proxy at its own moment of the second.
  start(): void {
    const { clients } = this.#light;
    const seriesOf = this.#seriesByWorkload();
    clients.forEach((client, i) => {
      const begin = () => {
        const { namespace, name } = client.settings.workload;
        const keys = seriesOf.get(`${namespace}/${name}`) ?? [];
        const tell = () => client.report(this.#report(keys, i));
        tell();
        this.#timers.push(setInterval(tell, REPORT_MS));
      };
      this.#timers.push(setTimeout(begin, (i * REPORT_MS) / clients.length));
    });
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#light.close();
  }

  #seriesByWorkload(): ReadonlyMap<string, readonly SeriesKey[]> {
    const found = new Map<string, SeriesKey[]>();
    for (const call of this.calls) {
      for (const reporter of ["source", "destination"] as const) {
        const key = keyOf(this.#mesh, call, reporter);
        const own =
          reporter === "source"
            ? `${key.sourceNamespace}/${key.sourceWorkload}`
            : `${key.destinationNamespace}/${key.destinationWorkload}`;
        found.set(own, [...(found.get(own) ?? []), key]);
      }
    }
    return found;
  }

  #report(keys: readonly SeriesKey[], client: number): Report {
    this.#round++;
    return {
      ...{ atMs: 0, windowMs: REPORT_MS, lost: 0 },
      series: keys.map((key, i) => deltaOf(key, this.#round + 7 * client + i)),
      process: { cpuMs: 12 + (this.#round % 9), memoryBytes: 40 * 2 ** 20, connectionsOpen: 4 },
    };
  }
}

function placeOf(i: number): [service: number, pod: number] {
  return [Math.floor(i / CROWD.podsOfService), i % CROWD.podsOfService];
}

function callsOf(services: number): readonly Call[] {
  const width = services / LAYERS;
  return Array.from({ length: services - width }, (_, service) => service).flatMap((service) => {
    const next = (Math.floor(service / width) + 1) * width;
    const [near, far] = [next + ((service * 7) % width), next + ((service * 7 + 3) % width)];
    return [0, 1].flatMap((pod) => {
      const from = { service, pod };
      return [
        { from, to: { service: near, pod: 0 } },
        { from, to: { service: near, pod: 1 } },
        { from, to: { service: far, pod } },
      ];
    });
  });
}

function keyOf(mesh: LargeMesh, { from, to }: Call, reporter: SeriesKey["reporter"]): SeriesKey {
  const source = mesh.registration(from.service, from.pod, true);
  const destination = mesh.registration(to.service, to.pod, true);
  const namespace = destination.namespace;
  const hasRoute = to.service < mesh.size.routes;
  return {
    reporter,
    ...{ sourceNamespace: source.namespace, sourceWorkload: source.name },
    sourceIdentity: source.identity,
    ...{ destinationNamespace: namespace, destinationWorkload: destination.name },
    destinationIdentity: destination.identity,
    destinationService: `service-${to.service}`,
    destinationServiceNamespace: namespace,
    destinationPort: 80,
    route: hasRoute ? `HTTPRoute ${namespace}/route-${to.service} 0` : "default 0",
    backend: `service-${to.service}`,
    isMutualTls: true,
  };
}

// Never the same twice in a row: every figure of the page changes.
function deltaOf(key: SeriesKey, phase: number): SeriesDelta {
  const requests = 20 + (phase % 13);
  const failures = phase % 29 === 0 ? 1 : 0;
  const slow = 20 + (phase % 5);
  return {
    key,
    ...{ successes: requests - failures, failures, retries: 0, inFlight: phase % 3 },
    ...{ statuses: [[200, requests]], causes: [] },
    latency: [
      [slow, requests - 2],
      [Math.min(slow + 12, LATENCY_BOUNDS_MS.length), 2],
    ],
    ...{ requestBytes: 1_000 * requests, responseBytes: 4_000 * requests },
  };
}

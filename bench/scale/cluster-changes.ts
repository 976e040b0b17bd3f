// Changes pods of a cluster at a steady rate, and times each: from the moment the API server has
// taken it to the last proxy that it concerns has acknowledged what it comes to, and on the way,
// when the EndpointSlice has been changed, which is the API server's and its controllers' time.

import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { WatchEvent } from "#kubernetes/watch-event.ts";
import { type ClusterWorld, readyAddresses } from "./cluster-world.ts";
import { type LightMesh, planIdOf } from "./light-mesh.ts";
import { type Percentiles, percentilesOf } from "./percentiles.ts";

export type ChangesResult = {
  readonly seconds: number;
  readonly podChanges: number; // that the API server has taken: patches, deletions, creations
  readonly podChangesPerSecond: number;
  readonly some: Times; // that concern a few proxies
  readonly all: Times; // that concern all of them
  readonly never: readonly string[];
  readonly failed: readonly string[];
};

type Times = {
  readonly total: Percentiles; // API server's answer -> last acknowledgement
  readonly slice: Percentiles; // API server's answer -> EndpointSlice seen
  readonly own: Percentiles; // EndpointSlice seen -> last acknowledgement
};

export type ChangesOptions = {
  readonly api: ClusterApi;
  readonly world: ClusterWorld;
  readonly light: LightMesh;
  readonly perSecond: number;
  readonly seconds: number;
};

const SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
const SERVICE_NAME = "kubernetes.io/service-name";
// Every so many changes one is of the service that all proxies hold.
const EVERYBODYS_EVERY = 40;
// Every so many pods goes and comes back; the others are unready for a while.
const REPLACED_EVERY = 10;
const UNDER_WAY_MAX = 200;
const OVERDUE_MS = 20_000;
const FAILURES_TOLD_MAX = 5;

type Sample = { takenMs: number; sliceMs: number; endMs: number; isAll: boolean };

export class ClusterChanges {
  readonly #options: ChangesOptions;
  readonly #slices = new Map<string, { address: string; isThere: boolean; sample: Sample }>();
  readonly #samples: Sample[] = [];
  readonly #failed: string[] = [];
  readonly #away = new Set<string>();
  readonly #watching = new AbortController();
  #podChanges = 0;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  async run(): Promise<ChangesResult> {
    const { api, world, light, perSecond, seconds } = this.#options;
    const listing = await api.list(SLICES);
    if (listing.kind === "failed") throw new Error(listing.reason);
    const { signal } = this.#watching;
    const watching = api.watch(SLICES, listing.resourceVersion, (one) => this.#seen(one), signal);
    const startMs = performance.now();
    const count = perSecond * seconds;
    for (let i = 0; i < count; i++) {
      await wait(Math.max(0, startMs + (i * 1_000) / perSecond - performance.now()));
      if (light.watch.pending < UNDER_WAY_MAX) void this.#change(i, world);
    }
    const tookMs = performance.now() - startMs;
    for (let i = 0; i < OVERDUE_MS / 100 && light.watch.pending > 0; i++) await wait(100);
    const podChanges = this.#podChanges;
    this.#watching.abort();
    await watching;
    return {
      seconds: Math.round(tookMs / 1_000),
      podChanges,
      podChangesPerSecond: Number(((podChanges * 1_000) / tookMs).toFixed(1)),
      some: timesOf(this.#samples.filter(({ isAll }) => !isAll)),
      all: timesOf(this.#samples.filter(({ isAll }) => isAll)),
      never: light.watch.overdue(0),
      failed: this.#failed.slice(0, FAILURES_TOLD_MAX),
    };
  }

  async #change(i: number, world: ClusterWorld): Promise<void> {
    const { services, podsOfService } = world.size;
    const isAll = i % EVERYBODYS_EVERY === 0;
    const service = isAll ? 0 : 1 + ((i * 7) % (services - 1));
    // The first pod of each has a proxy among the light ones, which has to stay.
    const pod = 1 + (i % (podsOfService - 1));
    const name = world.podName(service, pod);
    const planId = planIdOf({ namespace: world.namespaceOf(service), name: `service-${service}` });
    if (this.#options.light.watch.isWaiting(planId)) return;
    const isThere = this.#away.delete(name);
    if (!isThere) this.#away.add(name);
    const sample: Sample = { takenMs: performance.now(), sliceMs: 0, endMs: 0, isAll };
    const address = world.address(service, pod);
    this.#slices.set(`service-${service}`, { address, isThere, sample });
    this.#options.light.watch.expect(planId, address, isThere, ({ endMs }) => {
      sample.endMs = endMs;
      this.#samples.push(sample);
    });
    try {
      const isReplaced = (service + pod) % REPLACED_EVERY === 0;
      if (isReplaced) await this.#replace(world, service, pod, isThere);
      else await world.setReady(service, pod, isThere);
      // Before its answer is here, the change may be everywhere.
      if (sample.sliceMs === 0) sample.takenMs = performance.now();
      this.#podChanges++;
    } catch (error) {
      this.#failed.push(error instanceof Error ? error.message : String(error));
    }
  }

  #replace(world: ClusterWorld, service: number, pod: number, isThere: boolean): Promise<void> {
    return isThere ? world.createPod(service, pod) : world.deletePod(service, pod);
  }

  #seen({ object }: WatchEvent): void {
    const service = object.metadata.labels?.[SERVICE_NAME] ?? "";
    const expected = this.#slices.get(service);
    if (!expected || expected.sample.sliceMs > 0) return;
    if (readyAddresses(object).includes(expected.address) !== expected.isThere) return;
    expected.sample.sliceMs = performance.now();
    this.#slices.delete(service);
  }
}

function timesOf(samples: readonly Sample[]): Times {
  const seen = samples.filter(({ sliceMs }) => sliceMs > 0);
  return {
    total: percentilesOf(samples.map(({ takenMs, endMs }) => Math.max(0, endMs - takenMs))),
    slice: percentilesOf(seen.map(({ takenMs, sliceMs }) => Math.max(0, sliceMs - takenMs))),
    own: percentilesOf(seen.map(({ sliceMs, endMs }) => Math.max(0, endMs - sliceMs))),
  };
}

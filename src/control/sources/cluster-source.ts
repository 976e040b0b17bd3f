// The objects of a cluster: kinds that every cluster has, and those kinds that somebody reads whose
// CustomResourceDefinitions are there, from when they come until they go. Says nothing before all
// of them are listed; then every change, several at once where they come fast.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { withoutQuery } from "#base/path-query.ts";
import type { Random } from "#base/random.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { NodeFacts, PodFacts } from "#ir/pod.ts";
import { type DocumentReading, readDocument } from "#ir/read-document.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import {
  BUILT_IN,
  type ClusterKind,
  DEFINITIONS,
  pathOf,
  type ReadableKind,
  readDefinition,
} from "./cluster-kind.ts";
import type { ClusterSet } from "./cluster-set.ts";
import { readNode, readPod } from "./read-pod.ts";
import { Reflector } from "./reflector.ts";
import { trimObject } from "./trim-object.ts";

export type ClusterSourceOptions = {
  readonly api: Pick<ClusterApi, "eachPage" | "watch">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly kinds: readonly ReadableKind[];
};

// Pods whose containers have ended are many, and nothing to us.
const PODS = "/api/v1/pods?fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";
const NODES = "/api/v1/nodes";
const PLACE = { position: () => undefined, namespace: "default" };
const NO_TEXTS: ReadonlyMap<string, string> = new Map();

export class ClusterSource {
  readonly #options: ClusterSourceOptions;
  readonly #changed: (set: ClusterSet) => void;
  readonly #pods: Reflector<PodFacts>;
  readonly #nodes: Reflector<NodeFacts>;
  readonly #definitions: Reflector<ClusterKind>;
  // By path.
  readonly #kinds = new Map<string, Reflector<DocumentReading>>();
  #started: ((set: ClusterSet) => void) | undefined;
  #timer: Timer | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(options: ClusterSourceOptions, changed: (set: ClusterSet) => void) {
    this.#options = options;
    this.#changed = changed;
    this.#pods = this.#reflector(PODS, readPod);
    this.#nodes = this.#reflector(NODES, readNode);
    this.#definitions = this.#reflector(
      pathOf(DEFINITIONS),
      (object) => readDefinition(object, options.kinds),
      () => this.#follow(),
      LIMITS.apiPageDefinitions,
    );
    for (const kind of BUILT_IN) this.#add(kind);
  }

  // Resolves when everything has been listed, however long that takes.
  start(): Promise<ClusterSet> {
    for (const each of [this.#pods, this.#nodes, this.#definitions]) each.start();
    for (const each of this.#kinds.values()) each.start();
    return new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const each of this.#all) each.stop();
  }

  // What isn't up to date, and why: "/api/v1/pods: forbidden".
  get problems(): readonly string[] {
    return [...this.#kinds, [PODS, this.#pods] as const, [NODES, this.#nodes] as const]
      .filter(([, { isComplete, problem }]) => !isComplete || problem !== "")
      .map(([path, { problem }]) => `${withoutQuery(path)}: ${problem || "not listed yet"}`);
  }

  get #all(): readonly Reflector<unknown>[] {
    return [this.#pods, this.#nodes, this.#definitions, ...this.#kinds.values()];
  }

  #reflector<Item>(
    path: string,
    trim: (object: ClusterObject) => Item | undefined,
    changed: () => void = () => this.#note(),
    pageObjects: number = LIMITS.apiPageObjects,
  ): Reflector<Item> {
    const { api, clock, random, log } = this.#options;
    return new Reflector<Item>({ api, path, pageObjects, trim, clock, random, log, changed });
  }

  #add(kind: ClusterKind): Reflector<DocumentReading> {
    const reflector = this.#reflector(pathOf(kind), (object) => {
      const trimmed = trimObject(kind, object);
      return trimmed && readDocument(trimmed, PLACE);
    });
    this.#kinds.set(pathOf(kind), reflector);
    return reflector;
  }

  // Kinds come and go with their definitions.
  #follow(): void {
    for (const kind of this.#definitions.items.values()) {
      if (!this.#kinds.has(pathOf(kind))) this.#add(kind).start();
    }
    this.#retire();
    this.#note();
  }

  // A kind that is read in another version now stays in the old one until the new one is listed.
  #retire(): void {
    const defined = [...this.#definitions.items.values()];
    const isKept = (path: string): boolean => {
      if (BUILT_IN.some((kind) => pathOf(kind) === path)) return true;
      const kind = defined.find((one) => sameKind(pathOf(one), path));
      if (!kind) return false;
      return pathOf(kind) === path || !this.#kinds.get(pathOf(kind))?.isComplete;
    };
    for (const [path, reflector] of this.#kinds) {
      if (isKept(path)) continue;
      reflector.stop();
      this.#kinds.delete(path);
    }
  }

  #note(): void {
    if (this.#timer || this.#isStopped) return;
    const { clock } = this.#options;
    const { clusterBatchMs, clusterQuietMs } = LIMITS;
    const sinceMs = clock.nowMs() - this.#toldAtMs;
    this.#timer = clock.after(Math.max(clusterQuietMs, clusterBatchMs - sinceMs), () => {
      this.#timer = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    // A kind that has just come waits for its first list; all others go on meanwhile.
    const isWaiting = this.#started !== undefined && !this.#all.every((one) => one.isComplete);
    if (isWaiting) return;
    this.#toldAtMs = this.#options.clock.nowMs();
    this.#retire();
    const set = this.#set();
    const started = this.#started;
    this.#started = undefined;
    if (started) started(set);
    else this.#changed(set);
  }

  #set(): ClusterSet {
    const documents: Document[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const { items } of this.#kinds.values()) {
      for (const reading of items.values()) {
        if (reading.document) documents.push(reading.document);
        diagnostics.push(...reading.diagnostics);
      }
    }
    const nodes = new Map([...this.#nodes.items.values()].map((node) => [node.name, node]));
    const pods = this.#pods.items;
    return { documents, diagnostics, fileCount: 0, texts: NO_TEXTS, pods, nodes };
  }
}

// Whatever the version: "/apis/GROUP/VERSION/PLURAL".
function sameKind(a: string, b: string): boolean {
  const [, apis, group, , plural] = a.split("/");
  const [, otherApis, otherGroup, , otherPlural] = b.split("/");
  return apis === otherApis && group === otherGroup && plural === otherPlural;
}

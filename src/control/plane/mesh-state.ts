// What is true of the mesh now: documents, proxies and joined workloads, compiled. Every change
// ends here and comes out as the next revision, or as none where no proxy would see a difference.

import type { Clock } from "#base/clock.ts";
import { type Compilation, compile } from "#compile/compile.ts";
import { namesToResolve } from "#compile/names-to-resolve.ts";
import type { Discovery } from "#control/discovery/discover.ts";
import type { Workload } from "#ir/model.ts";
import type { Registration } from "#snapshot/registration.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import type { NameResolver } from "./name-resolver.ts";
import type { Revisions } from "./revision-store.ts";

// Changes that come together (a mesh that starts) are compiled together: those of this time, or of
// so many times what the last took, so that compiling leaves room for telling proxies.
const SETTLE_MS = 10;
const SETTLE_SHARE = 4;
const SETTLE_MOST_MS = 100;

export type MeshInputs = {
  readonly discovery: () => Discovery;
  readonly registrations: () => readonly Registration[];
  readonly joined: () => readonly Workload[];
  readonly names: Pick<NameResolver, "addressesOf" | "retain">;
};

export class MeshState {
  readonly #inputs: MeshInputs;
  readonly #revisions: Revisions;
  readonly #clock: Clock;
  readonly #published: (snapshot: Snapshot) => void;
  #compilation: Compilation;
  #isPending = false;
  #tookMs = 0;

  constructor(
    inputs: MeshInputs,
    revisions: Revisions,
    clock: Clock,
    published: (snapshot: Snapshot) => void,
  ) {
    this.#inputs = inputs;
    this.#revisions = revisions;
    this.#clock = clock;
    this.#published = published;
    this.#resolveNames();
    this.#compilation = this.#compile(revisions.next(), undefined);
  }

  get compilation(): Compilation {
    return this.#compilation;
  }

  get snapshot(): Snapshot {
    return this.#compilation.snapshot;
  }

  // With other documents, for a look.
  tryOut({ model }: Pick<Discovery, "model">): Compilation {
    return this.#compile(this.snapshot.revision, this.#compilation, model);
  }

  // When what has changed until now is in force; the revision that it is in.
  settled(): Promise<number> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#isPending) this.#clock.after(SETTLE_MS, look);
        else resolve(this.snapshot.revision);
      };
      this.#clock.after(2 * SETTLE_MS, look);
    });
  }

  changed(): void {
    if (this.#isPending) return;
    this.#isPending = true;
    const settleMs = Math.max(SETTLE_MS, this.#tookMs * SETTLE_SHARE);
    this.#clock.after(Math.min(settleMs, SETTLE_MOST_MS), () => {
      this.#isPending = false;
      const startMs = this.#clock.nowMs();
      this.#recompile(false);
      this.#tookMs = this.#clock.nowMs() - startMs;
    });
  }

  // A proxy knows of a later revision than we do: get ahead of it.
  exceed(revision: number): void {
    if (revision < this.snapshot.revision) return;
    this.#revisions.exceed(revision);
    this.#recompile(true);
  }

  #recompile(always: boolean): void {
    const before = this.snapshot;
    this.#resolveNames();
    const compiled = this.#compile(before.revision, this.#compilation);
    if (!always && isSame(before, compiled.snapshot)) {
      this.#compilation = compiled;
      return;
    }
    const revision = this.#revisions.next();
    this.#compilation = { ...compiled, snapshot: { ...compiled.snapshot, revision } };
    this.#published(this.snapshot);
  }

  // Those of the documents in force and no others, whatever is tried out.
  #resolveNames(): void {
    this.#inputs.names.retain(namesToResolve(this.#inputs.discovery().model));
  }

  #compile(
    revision: number,
    before: Compilation | undefined,
    model = this.#inputs.discovery().model,
  ): Compilation {
    const joined = this.#inputs.joined();
    const workloads = joined.length === 0 ? model.workloads : [...model.workloads, ...joined];
    const { names, registrations } = this.#inputs;
    const addressesOf = names.addressesOf.bind(names);
    return compile({ ...model, workloads }, registrations(), revision, addressesOf, before);
  }
}

function isSame(a: Snapshot, b: Snapshot): boolean {
  return (
    a.directory === b.directory &&
    a.direct === b.direct &&
    sameHashes(a.outbound, b.outbound) &&
    sameHashes(a.inbound, b.inbound)
  );
}

type Hashed = { readonly hash: string };

function sameHashes(a: ReadonlyMap<string, Hashed>, b: ReadonlyMap<string, Hashed>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, { hash }] of a) if (b.get(key)?.hash !== hash) return false;
  return true;
}

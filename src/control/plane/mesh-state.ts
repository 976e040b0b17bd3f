// What is true of the mesh now: documents, proxies and joined workloads, compiled. Every change
// ends here and comes out as the next revision, or as none where no proxy would see a difference.

import type { Clock } from "#base/clock.ts";
import { canonicalJson } from "#compile/canonical-json.ts";
import { type Compilation, compile } from "#compile/compile.ts";
import { namesToResolve } from "#compile/names-to-resolve.ts";
import type { Discovery } from "#control/discovery/discover.ts";
import type { Workload } from "#ir/model.ts";
import type { Registration } from "#snapshot/registration.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import type { NameResolver } from "./name-resolver.ts";
import type { RevisionStore } from "./revision-store.ts";

// Changes that come together (a mesh that starts) are compiled together.
const SETTLE_MS = 10;

export type MeshInputs = {
  readonly discovery: () => Discovery;
  readonly registrations: () => readonly Registration[];
  readonly joined: () => readonly Workload[];
  readonly names: Pick<NameResolver, "addressesOf" | "retain">;
};

export class MeshState {
  readonly #inputs: MeshInputs;
  readonly #revisions: RevisionStore;
  readonly #clock: Clock;
  readonly #published: (snapshot: Snapshot) => void;
  #compilation: Compilation;
  #isPending = false;

  constructor(
    inputs: MeshInputs,
    revisions: RevisionStore,
    clock: Clock,
    published: (snapshot: Snapshot) => void,
  ) {
    this.#inputs = inputs;
    this.#revisions = revisions;
    this.#clock = clock;
    this.#published = published;
    this.#compilation = this.#compile(revisions.next());
  }

  get compilation(): Compilation {
    return this.#compilation;
  }

  get snapshot(): Snapshot {
    return this.#compilation.snapshot;
  }

  // With other documents, for a look.
  tryOut({ model }: Pick<Discovery, "model">): Compilation {
    return this.#compile(this.snapshot.revision, model);
  }

  // When what has changed until now is in force; the revision that it is in.
  settled(): Promise<number> {
    return new Promise((resolve) => {
      this.#clock.after(2 * SETTLE_MS, () => resolve(this.snapshot.revision));
    });
  }

  changed(): void {
    if (this.#isPending) return;
    this.#isPending = true;
    this.#clock.after(SETTLE_MS, () => {
      this.#isPending = false;
      this.#recompile(false);
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
    const compiled = this.#compile(before.revision);
    if (!always && isSame(before, compiled.snapshot)) {
      this.#compilation = compiled;
      return;
    }
    const revision = this.#revisions.next();
    this.#compilation = { ...compiled, snapshot: { ...compiled.snapshot, revision } };
    this.#published(this.snapshot);
  }

  #compile(revision: number, model = this.#inputs.discovery().model): Compilation {
    const joined = this.#inputs.joined();
    const workloads = joined.length === 0 ? model.workloads : [...model.workloads, ...joined];
    const { names, registrations } = this.#inputs;
    names.retain(namesToResolve(model));
    const addressesOf = names.addressesOf.bind(names);
    return compile({ ...model, workloads }, registrations(), revision, addressesOf);
  }
}

function isSame(a: Snapshot, b: Snapshot): boolean {
  return (
    sameHashes(a.outbound, b.outbound) &&
    sameHashes(a.inbound, b.inbound) &&
    sameEntries(a.direct, b.direct) &&
    directoryText(a) === directoryText(b)
  );
}

function sameEntries(a: Snapshot["direct"], b: Snapshot["direct"]): boolean {
  return a.size === b.size && [...a].every(([address, target]) => b.get(address) === target);
}

function directoryText({ directory: { hosts, egress, ...others } }: Snapshot): string {
  return canonicalJson({ ...others, hosts: [...hosts], egress: [...egress] });
}

type Hashed = { readonly hash: string };

function sameHashes(a: ReadonlyMap<string, Hashed>, b: ReadonlyMap<string, Hashed>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, { hash }] of a) if (b.get(key)?.hash !== hash) return false;
  return true;
}

// Workloads that `weft run` joined: declared by nobody's document, gone when they leave or when
// their proxy has been away for too long.

import type { JoinRequest } from "#api/join.ts";
import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { Workload } from "#ir/model.ts";

const ABSENT_MOST_MS = 60_000;
const JOINED_MAX = 1_000;

export type JoinedOptions = {
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly path: string;
  readonly log: Log;
};

type Joined = { readonly request: JoinRequest; seenAtMs: number };

export class JoinedWorkloads {
  readonly #options: JoinedOptions;
  readonly #joined = new Map<string, Joined>();

  constructor(options: JoinedOptions) {
    this.#options = options;
    for (const request of this.#load()) this.#put(request);
  }

  get all(): readonly Workload[] {
    return [...this.#joined.values()].map(({ request }) => workloadOf(request));
  }

  has(key: string): boolean {
    return this.#joined.has(key);
  }

  // False where there are too many.
  join(request: JoinRequest): boolean {
    if (this.#joined.size >= JOINED_MAX) return false;
    this.#put(request);
    this.#save();
    return true;
  }

  leave(key: string): boolean {
    if (!this.#joined.delete(key)) return false;
    this.#save();
    return true;
  }

  // Call now and then, with who is connected. True where somebody was forgotten.
  forgetAbsent(isConnected: (key: string) => boolean): boolean {
    const nowMs = this.#options.clock.nowMs();
    let hasForgotten = false;
    for (const [key, joined] of this.#joined) {
      if (isConnected(key)) joined.seenAtMs = nowMs;
      else if (nowMs - joined.seenAtMs > ABSENT_MOST_MS) hasForgotten = this.leave(key);
    }
    return hasForgotten;
  }

  #put(request: JoinRequest): void {
    const key = `${request.namespace}/${request.name}`;
    this.#joined.set(key, { request, seenAtMs: this.#options.clock.nowMs() });
  }

  #load(): readonly JoinRequest[] {
    const text = this.#options.files.read(this.#options.path);
    if (text === undefined) return [];
    try {
      return JSON.parse(text) as JoinRequest[];
    } catch {
      this.#options.log.warn("Cannot read who had joined; they have to join again", {
        path: this.#options.path,
      });
      return [];
    }
  }

  #save(): void {
    const requests = [...this.#joined.values()].map(({ request }) => request);
    try {
      this.#options.files.write(this.#options.path, JSON.stringify(requests), 0o600);
    } catch (error) {
      this.#options.log.warn("Cannot save who has joined", { error: String(error) });
    }
  }
}

function workloadOf(request: JoinRequest): Workload {
  const { namespace, name, serviceAccount, ports, addresses } = request;
  return {
    namespace,
    name,
    origin: { ref: { group: "weft.dev", kind: "Workload", namespace, name }, position: undefined },
    labels: new Map(request.labels),
    serviceAccount,
    ports,
    ...(addresses && { addresses }),
    dependencies: request.dependencies.map(({ namespace: ns, service, port, protocol }) => ({
      service: { namespace: ns, name: service },
      port,
      protocol,
    })),
    command: [],
    workingFolder: undefined,
    environment: new Map(),
    readiness: ports.length > 0 ? { kind: "tcp", port: ports[0]!.name } : { kind: "none" },
  };
}

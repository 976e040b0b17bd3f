// A supervisor with scripted children in place of the control plane and the proxies, and real
// small applications.

import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type OpenedMesh, openMesh } from "#local/open-mesh.ts";
import { Supervisor } from "#local/supervisor.ts";
import type { WorkloadStatus } from "#local/workload-status.ts";
import { workshopFor } from "#local/workshop-for.ts";
import type { Address, WorkloadOrder } from "#main/bootstrap.ts";
import { eventually } from "./eventually.ts";
import { SCRIPTED } from "./scripted-executables.ts";
import { temporaryFolder } from "./temporary-folder.ts";

// Answers with its environment.
const APPLICATION = `require("node:http")
  .createServer((_, response) => response.end(JSON.stringify(process.env)))
  .listen(process.env.PORT, "127.0.0.1")`;

export function order(name: string, other: Partial<WorkloadOrder> = {}): WorkloadOrder {
  const ports = other.ports ?? [{ name: "http", port: 9080, protocol: "http" }];
  const serves = ports.length > 0;
  return {
    namespace: "shop",
    name,
    identity: `spiffe://test/ns/shop/sa/${name}`,
    serviceAccount: name,
    declaredAt: "mesh.yaml:1:1",
    command: ["node", "-e", serves ? APPLICATION : "setInterval(() => {}, 1e6)"],
    workingFolder: "/",
    environment: [],
    ports,
    dependencies: [{ namespace: "shop", service: "reviews", port: 9080, protocol: "http" }],
    readiness: serves ? { kind: "tcp", port: "http" } : { kind: "none" },
    ...other,
  };
}

export async function startScriptedMesh(
  t: TestContext,
  orders: readonly WorkloadOrder[],
): Promise<ScriptedMesh> {
  const parent = temporaryFolder(t);
  const documents = join(parent, "mesh");
  mkdirSync(documents);
  writeFileSync(join(documents, "orders.json"), JSON.stringify(orders));
  const opened = await openMesh({ documents, parent, portBase: 0, version: "test" });
  assert.ok(opened.kind === "opened");
  const mesh = new ScriptedMesh(opened);
  t.after(async () => {
    await mesh.stop();
    opened.close();
  });
  await mesh.start();
  return mesh;
}

export class ScriptedMesh {
  readonly notes: string[] = [];
  statuses: readonly WorkloadStatus[] = [];
  readonly #opened: OpenedMesh;
  readonly #supervisor: Supervisor;
  // The scripted proxy answers on its outbound listener, which an application knows.
  readonly #sidecars = new Map<string, string>();

  constructor(opened: OpenedMesh) {
    this.#opened = opened;
    const { documents, control, addresses, ports, state } = opened;
    const workshop = workshopFor(state, (note) => void this.notes.push(note), SCRIPTED);
    this.#supervisor = new Supervisor(
      { workshop, documents, control, addresses, ports },
      {
        workloads: (statuses) => {
          this.statuses = statuses;
        },
        diagnostics: () => {},
      },
    );
  }

  get state(): string {
    return this.#opened.state.path;
  }

  async start(): Promise<void> {
    assert.deepEqual(await this.#supervisor.start(), { kind: "started" });
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  declare(orders: readonly WorkloadOrder[]): void {
    const { documents } = this.#opened;
    writeFileSync(join(documents, "orders.new"), JSON.stringify(orders));
    renameSync(join(documents, "orders.new"), join(documents, "orders.json"));
  }

  status(name: string): WorkloadStatus {
    return this.statuses.find((status) => status.name === name) ?? { ...MISSING, name };
  }

  untilReady(workloads: number): Promise<void> {
    return eventually(`${workloads} ready workloads`, () => {
      return this.statuses.filter(({ phase }) => phase === "ready").length === workloads;
    });
  }

  // By its name in processes.json; 0 for none.
  pid(name: string): number {
    return this.pids()(name);
  }

  // As they are now.
  pids(): (name: string) => number {
    const now = this.#records();
    return (name) => now.find((record) => record.name === name)?.pid ?? 0;
  }

  allPids(): readonly number[] {
    return this.#records().map(({ pid }) => pid);
  }

  async askApplication(name: string): Promise<Readonly<Record<string, string>>> {
    const environment = JSON.parse(await read(urlOf(this.status(name).application!)));
    this.#sidecars.set(name, new URL(environment.WEFT_REVIEWS_URL).origin);
    return environment;
  }

  async askSidecar(name: string): Promise<{ readonly pid: number; readonly token: string | null }> {
    if (!this.#sidecars.has(name)) await this.askApplication(name);
    return JSON.parse(await read(this.#sidecars.get(name)!));
  }

  askControl(): Promise<string> {
    return read(urlOf(this.#opened.control.admin));
  }

  #records() {
    return this.#opened.state.readProcesses()?.processes ?? [];
  }
}

const MISSING: WorkloadStatus = {
  namespace: "shop",
  name: "",
  phase: "waiting",
  application: undefined,
  isHttp: true,
  metrics: undefined,
  restarts: 0,
};

function urlOf({ address, port }: Address): string {
  return `http://${address}:${port}`;
}

// On a connection of its own.
function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}

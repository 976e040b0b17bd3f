// A supervisor with scripted children in place of the control plane and the proxies, and real
// small applications.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openMesh } from "#local/open-mesh.ts";
import type { ProcessesFile } from "#local/state-folder.ts";
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

export type ScriptedMesh = {
  readonly state: string;
  readonly notes: readonly string[];
  readonly statuses: readonly WorkloadStatus[];
  declare(orders: readonly WorkloadOrder[]): void;
  status(name: string): WorkloadStatus;
  untilReady(workloads: number): Promise<void>;
  // By the name in processes.json.
  pid(name: string): number;
  // As they are now.
  pids(): (name: string) => number;
  allPids(): readonly number[];
  askApplication(name: string): Promise<Readonly<Record<string, string>>>;
  askSidecar(name: string): Promise<{ readonly pid: number; readonly token: string | null }>;
  askControl(): Promise<string>;
  stop(): Promise<void>;
};

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
  const declare = (next: readonly WorkloadOrder[]) => {
    writeFileSync(join(documents, "orders.new"), JSON.stringify(next));
    renameSync(join(documents, "orders.new"), join(documents, "orders.json"));
  };
  declare(orders);
  const opened = await openMesh({ documents, parent, portBase: 0, version: "test" });
  assert.ok(opened.kind === "opened");
  const notes: string[] = [];
  let statuses: readonly WorkloadStatus[] = [];
  const { control, addresses, ports, state } = opened;
  const workshop = workshopFor(state, (note) => void notes.push(note), SCRIPTED);
  const supervisor = new Supervisor(
    { workshop, documents, control, addresses, ports },
    {
      workloads: (next) => {
        statuses = next;
      },
      diagnostics: () => {},
    },
  );
  t.after(async () => {
    await supervisor.stop();
    opened.close();
  });
  assert.deepEqual(await supervisor.start(), { kind: "started" });

  const records = () => {
    const text = readFileSync(join(state.path, "processes.json"), "utf8");
    return (JSON.parse(text) as ProcessesFile).processes;
  };
  const pidIn = (processes: ProcessesFile["processes"], name: string) =>
    processes.find((process) => process.name === name)?.pid ?? 0;
  const status = (name: string) => {
    const found = statuses.find((candidate) => candidate.name === name);
    return found ?? { ...MISSING, name };
  };
  // The scripted proxy answers on its outbound listener, which an application knows.
  const sidecars = new Map<string, string>();
  const askApplication = async (name: string) => {
    const environment = JSON.parse(await read(urlOf(status(name).application!)));
    sidecars.set(name, new URL(environment.WEFT_REVIEWS_URL).origin);
    return environment;
  };
  return {
    state: state.path,
    notes,
    get statuses() {
      return statuses;
    },
    declare,
    status,
    untilReady: (workloads) =>
      eventually(`${workloads} ready workloads`, () => {
        return statuses.filter(({ phase }) => phase === "ready").length === workloads;
      }),
    pid: (name) => pidIn(records(), name),
    pids: () => {
      const now = records();
      return (name) => pidIn(now, name);
    },
    allPids: () => records().map(({ pid }) => pid),
    askApplication,
    askSidecar: async (name) => {
      if (!sidecars.has(name)) await askApplication(name);
      return JSON.parse(await read(sidecars.get(name)!));
    },
    askControl: () => read(urlOf(control.admin)),
    stop: () => supervisor.stop(),
  };
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

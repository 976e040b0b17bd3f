// A real Kubernetes cluster for tests. It is gone when the process ends, however it ends: a process
// that was killed is cleaned up after by the next that starts a cluster.
//
//   WEFT_CLUSTER=FOLDER   use the cluster that `node test/kubernetes/start-cluster.ts` holds there

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Claim, claimNumber } from "./claim-number.ts";
import { Kit } from "./kit.ts";

const COMMAND_WITHIN_MS = 120_000;

export type ClusterMode = "api" | "pods";

export type CommandOptions = {
  readonly input?: string;
  readonly withinMs?: number;
};

export class Cluster {
  readonly kit: Kit;
  readonly number: number;
  // Where its files are: log/, admin.conf
  readonly state: string;
  readonly #shared = new Map<string, Promise<unknown>>();
  #claim: Claim | undefined;

  private constructor(kit: Kit, state: string, number: number, claim?: Claim) {
    this.kit = kit;
    this.state = state;
    this.number = number;
    this.#claim = claim;
  }

  static start(mode: ClusterMode): Cluster {
    const kit = Kit.prepare();
    const existing = process.env["WEFT_CLUSTER"];
    if (existing !== undefined) return Cluster.#open(kit, existing);
    const claim = claimNumber(kit);
    const cluster = new Cluster(kit, claim.state, claim.number, claim);
    process.once("exit", () => cluster.stop());
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, endBySignal);
    try {
      kit.run("up.sh", claim.state, [mode], claim.number);
    } catch (error) {
      cluster.stop();
      throw error;
    }
    return cluster;
  }

  static #open(kit: Kit, state: string): Cluster {
    const [, namespace = ""] = readFileSync(join(state, "mode"), "utf8").split(" ");
    return new Cluster(kit, state, Number(namespace.replace("k8s", "")));
  }

  get kubeconfig(): string {
    return join(this.state, "admin.conf");
  }

  // The host's address as pods reach it, and the node's as the host does.
  get hostAddress(): string {
    return `10.77.${this.number}.1`;
  }

  get nodeAddress(): string {
    return `10.77.${this.number}.2`;
  }

  // Answers what it prints; fails with what it says.
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return this.run(this.kit.program("kubectl"), args, options);
  }

  // YAML, or objects.
  async apply(documents: string | readonly object[]): Promise<void> {
    const input = typeof documents === "string" ? documents : asList(documents);
    await this.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], { input });
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever kind was asked for
  async get(...args: readonly string[]): Promise<any> {
    return JSON.parse(await this.kubectl(["get", ...args, "-o", "json"]));
  }

  // Until the deployments, stateful sets and so on have all their pods ready: `deployment/web`.
  async rolledOut(namespace: string, ...workloads: readonly string[]): Promise<void> {
    for (const workload of workloads) {
      const wait = ["rollout", "status", workload, "-n", namespace, "--timeout=110s"];
      await this.kubectl(wait).catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await this.describePods(namespace)}`);
      });
    }
  }

  // What a reader of a failed test wants to know.
  async describePods(namespace: string): Promise<string> {
    const show = (...args: string[]) =>
      this.kubectl([...args, "-n", namespace]).catch((error: Error) => error.message);
    const pods = await show("get", "pods", "-o", "wide");
    const events = await show("get", "events", "--sort-by=.lastTimestamp");
    return `${pods}\n${events.split("\n").slice(-25).join("\n")}`;
  }

  // In `pod`, or in one of `deployment/web`.
  exec(
    namespace: string,
    pod: string,
    command: readonly string[],
    options: CommandOptions & { readonly container?: string } = {},
  ): Promise<string> {
    const container = options.container === undefined ? [] : ["-c", options.container];
    const stdin = options.input === undefined ? [] : ["-i"];
    return this.kubectl(["exec", "-n", namespace, pod, ...container, ...stdin, "--", ...command], {
      withinMs: COMMAND_WITHIN_MS,
      ...options,
    });
  }

  logs(namespace: string, pod: string, container: string): Promise<string> {
    return this.kubectl(["logs", "-n", namespace, pod, "-c", container, "--tail=-1"]);
  }

  async importImage(file: string): Promise<void> {
    const socket = join(this.state, "containerd", "c.sock");
    await this.run("ctr", ["-a", socket, "-n", "k8s.io", "images", "import", file]);
  }

  // kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, etcd
  async stopComponent(name: string): Promise<void> {
    const lines = readFileSync(join(this.state, "pids"), "utf8").split("\n");
    const pid = Number(lines.find((line) => line.endsWith(` ${name}`))?.split(" ")[0]);
    process.kill(pid, "SIGKILL");
    while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  restartComponent(name: string): void {
    this.kit.run("restart.sh", this.state, [name], this.number);
  }

  // What several cases need and the first of them makes.
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const made = this.#shared.get(key) ?? make();
    this.#shared.set(key, made);
    return made as Promise<T>;
  }

  // Does nothing to a cluster that somebody else holds, and nothing the second time.
  stop(): void {
    if (!this.#claim) return;
    const claim = this.#claim;
    this.#claim = undefined;
    this.kit.run("down.sh", this.state, [], this.number);
    claim.release();
  }

  // A program with this cluster's KUBECONFIG.
  async run(
    program: string,
    args: readonly string[],
    { input, withinMs = COMMAND_WITHIN_MS }: CommandOptions = {},
  ): Promise<string> {
    const child = this.spawn(program, args);
    child.stdin!.on("error", () => {});
    child.stdin!.end(input ?? "");
    const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const [output, errors, code] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      exit,
    ]);
    clearTimeout(timer);
    if (code === 0) return output;
    const why = code === null ? `ended by a signal, or took over ${withinMs} ms` : `exit ${code}`;
    throw new Error(`${program} ${args.join(" ")}: ${why}\n${errors}${output}`);
  }

  spawn(program: string, args: readonly string[]): ChildProcess {
    const environment = { ...process.env, KUBECONFIG: this.kubeconfig };
    return spawn(program, args, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
  }
}

function asList(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

// Runs the handlers of `exit`.
function endBySignal(): void {
  process.exit(130);
}

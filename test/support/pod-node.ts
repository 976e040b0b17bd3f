// A node with pods, without a cluster: network namespaces on a bridge, with the programs that pods
// get (pod-init, pod-proxy) in them, and a control plane beside them.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { asUser } from "./as-user.ts";
import { type Answer, NetworkNamespace } from "./network-namespace.ts";

const NODE = "node_modules/.bin/node";
const HERE = "10.77.0.1";
const DIST = "dist/main";
// On a busy machine.
const WITHIN_MS = 30_000;
const CAUGHT = "caught";

export class PodNode {
  readonly #t: TestContext;
  readonly #folder: string;
  readonly #namespace: NetworkNamespace;
  #controlIdentity = "";
  #pods = 0;

  private constructor(t: TestContext, folder: string, namespace: NetworkNamespace) {
    this.#t = t;
    this.#folder = folder;
    this.#namespace = namespace;
  }

  static async start(t: TestContext, documents: string): Promise<PodNode> {
    const folder = mkdtempSync(join(tmpdir(), "weft-node-"));
    chmodSync(folder, 0o755);
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const namespace = await NetworkNamespace.make(t);
    namespace.run("ip", "link", "add", "bridge0", "type", "bridge");
    namespace.address("bridge0", [`${HERE}/24`, "fd77::1/64"]);
    const node = new PodNode(t, folder, namespace);
    mkdirSync(join(folder, "documents"));
    writeFileSync(join(folder, "documents", "mesh.yaml"), documents);
    const control = node.spawn(namespace, [NODE, "test/support/pod-control.ts", folder, HERE]);
    node.#controlIdentity = await firstLine(control);
    return node;
  }

  // One more document, or a changed one.
  write(file: string, text: string): void {
    writeFileSync(join(this.#folder, "documents", file), text);
  }

  // Of a workload that documents declare, where it gets a proxy.
  async pod(name: string): Promise<Pod> {
    const number = ++this.#pods + 1;
    const namespace = await NetworkNamespace.make(this.#t);
    const addresses = [`10.77.0.${number}`, `fd77::${number}`];
    namespace.plugInto(this.#namespace, "bridge0", `pod${number}`, [
      `${addresses[0]}/24`,
      `${addresses[1]}/64`,
    ]);
    const state = join(this.#folder, `${name}-state`);
    mkdirSync(state);
    chmodSync(state, 0o777);
    const environment = {
      PATH: process.env["PATH"]!,
      WEFT_POD_NAME: name,
      WEFT_POD_NAMESPACE: "shop",
      WEFT_SERVICE_ACCOUNT: name,
      WEFT_POD_IPS: addresses.join(","),
      WEFT_CONTROL: `${HERE}:15012`,
      WEFT_CONTROL_IDENTITY: this.#controlIdentity,
      WEFT_TRUST_DOMAIN: "cluster.local",
      WEFT_JOIN_FOLDER: join(this.#folder, name),
      WEFT_STATE_FOLDER: join(state, "proxy"),
    };
    return new Pod(this, namespace, addresses, environment);
  }

  // All frames between the pods from now on; ask for them once.
  async capture(): Promise<() => Promise<Buffer>> {
    const command = ["python3", "test/support/capture.py"];
    const capture = this.spawn(this.#namespace, command);
    const parts: Buffer[] = [];
    assert.equal(await firstLine(capture), CAUGHT);
    capture.stdout!.on("data", (part: Buffer) => parts.push(part));
    return async () => {
      capture.kill("SIGTERM");
      await once(capture, "close");
      return Buffer.concat(parts);
    };
  }

  // As if the kubelet had not put them there yet.
  hideSecrets(name: string): { show(): void } {
    const path = join(this.#folder, name);
    renameSync(path, `${path}.hidden`);
    return { show: () => renameSync(`${path}.hidden`, path) };
  }

  // Ends with the test.
  spawn(
    namespace: NetworkNamespace,
    command: readonly string[],
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): ChildProcess {
    const [file, ...args] = namespace.enter(command);
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#t.after(() => child.kill("SIGKILL"));
    return child;
  }
}

export class Pod {
  readonly addresses: readonly string[];
  readonly #node: PodNode;
  readonly #namespace: NetworkNamespace;
  readonly #environment: Readonly<Record<string, string>>;
  #proxy: ChildProcess | undefined;

  constructor(
    node: PodNode,
    namespace: NetworkNamespace,
    addresses: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.#node = node;
    this.#namespace = namespace;
    this.addresses = addresses;
    this.#environment = environment;
  }

  // As a pod starts: rules, then the proxy.
  async start(): Promise<void> {
    const made = await this.init();
    assert.equal(made.code, 0, made.out);
    this.startProxy();
    const isReady = async () => (await this.health("/ready")) === "200";
    await eventually("the proxy is ready", isReady, WITHIN_MS);
  }

  // An .mjs under test/support, which prints a line when it is there.
  async startApplication(program: string, ...args: readonly string[]): Promise<ChildProcess> {
    const command = [...asUser(1000), NODE, `test/support/${program}`, ...args];
    const child = this.#node.spawn(this.#namespace, command);
    await firstLine(child);
    return child;
  }

  init(...flags: readonly string[]): Promise<Answer> {
    return this.#namespace.try([NODE, `${DIST}/pod-init.js`, ...flags], this.#environment);
  }

  startProxy(): ChildProcess {
    const command = [...asUser(1337), NODE, `${DIST}/pod-proxy.js`];
    this.#proxy = this.#node.spawn(this.#namespace, command, this.#environment);
    return this.#proxy;
  }

  endProxy(): void {
    this.proxy.kill("SIGTERM");
  }

  get proxy(): ChildProcess {
    return this.#proxy!;
  }

  // Its status, "" where nobody answers; as the kubelet asks, not from inside.
  async health(path: string): Promise<string> {
    const url = `http://${this.addresses[0]}:15021${path}`;
    const asked = await this.curl("-o", "/dev/null", "-w", "%{http_code}", url);
    return asked.out === "000" ? "" : asked.out;
  }

  // A program that knows nothing of a mesh.
  curl(...args: readonly string[]): Promise<Answer> {
    return this.run("curl", "-s", "--max-time", "20", ...args);
  }

  run(...command: readonly string[]): Promise<Answer> {
    return this.#namespace.try([...asUser(1000), ...command], { PATH: process.env["PATH"]! });
  }

  // As root.
  administer(...command: readonly string[]): void {
    this.#namespace.run(...command);
  }
}

// Fails where it ends without one.
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.once("data", (bytes) => resolve(String(bytes).trim()));
    child.once("exit", (code) => reject(new Error(`it ended with ${code} and said nothing`)));
  });
}

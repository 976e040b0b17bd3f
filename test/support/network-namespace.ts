// A network namespace of its own, for a test that makes rules or needs addresses of its own. It
// lives as long as the process that holds it, which ends with its standard input.

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";

export type Answer = { readonly code: number; readonly out: string };

export class NetworkNamespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  // With loopback up. Needs root.
  static async make(t: TestContext): Promise<NetworkNamespace> {
    const holder = spawn("unshare", ["--net", "sh", "-c", "ip link set lo up; echo up; cat"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.after(() => holder.kill("SIGKILL"));
    const [said] = await once(holder.stdout!, "data");
    assert.equal(String(said), "up\n");
    return new NetworkNamespace(holder);
  }

  get path(): string {
    return `/proc/${this.#holder.pid}/ns/net`;
  }

  // The command line of a command that runs inside.
  enter(command: readonly string[]): readonly [string, ...string[]] {
    return ["nsenter", `--net=${this.path}`, "--", ...command];
  }

  // Fails the test where the command does.
  run(...command: readonly string[]): string {
    const [file, ...args] = this.enter(command);
    return execFileSync(file, args, { encoding: "utf8" });
  }

  // A cable between the two. Who answers to no address of this end is looked for at the other.
  connect(other: NetworkNamespace, addresses: readonly string[], others: readonly string[]): void {
    const far = ["peer", "name", "mesh0", "netns", String(other.#holder.pid)];
    this.run("ip", "link", "add", "mesh0", "type", "veth", ...far);
    this.address("mesh0", addresses);
    other.address("mesh0", others);
  }

  // A cable to a bridge of another one, as pods have to their node.
  plugInto(
    node: NetworkNamespace,
    bridge: string,
    port: string,
    addresses: readonly string[],
  ): void {
    const far = ["peer", "name", port, "netns", String(node.#holder.pid)];
    this.run("ip", "link", "add", "mesh0", "type", "veth", ...far);
    node.run("ip", "link", "set", port, "master", bridge, "up");
    this.address("mesh0", addresses);
  }

  address(link: string, addresses: readonly string[]): void {
    this.run("ip", "link", "set", link, "up");
    for (const address of addresses) {
      const isSixth = address.includes(":");
      const flags = isSixth ? ["nodad"] : [];
      this.run("ip", "address", "add", address, "dev", link, ...flags);
      this.run("ip", isSixth ? "-6" : "-4", "route", "replace", "default", "dev", link);
    }
  }

  // Whatever it ends with.
  try(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const [file, ...args] = this.enter(command);
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", 2],
    });
    let out = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    return new Promise((resolve) =>
      child.on("close", (code) => resolve({ code: code ?? -1, out })),
    );
  }
}

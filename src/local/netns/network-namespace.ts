// A network namespace for one process and its sidecar, with a cable to the bridge of this machine.
//
//   weft0 (198.19.0.1) -- weft4711 ===== mesh0 (198.19.18.103) | the namespace
//
// It has no name: it lives as long as a process in it, and the one that holds it ends with our end
// of its standard input, however we end. Cable and rules go with it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { systemFiles } from "#base/file-system.ts";
import { ipFamilies } from "#proxy/interception/ip-families.ts";
import { links } from "./links.ts";
import { NAMESPACE_NETWORK, namespaceAddresses } from "./namespace-addresses.ts";
import { NamespaceClaim, namespaceOf } from "./namespace-claim.ts";
import { systemCommand } from "./system-command.ts";

const INSIDE = "mesh0";
const INTERFACES = "/proc/net/if_inet6";
const ATTACH_TRIES = 3;
// Where sidecars of `weft up` listen. Only 127.0.0.0/10 stays the namespace's own.
const LOOPBACK = { own: "127.0.0.0/10", machine: "127.64.0.0/10" };

export class NetworkNamespace {
  // IPv4, and IPv6 where this machine has it switched on.
  addresses: readonly string[];
  readonly #holder: ChildProcess;
  readonly #claim: NamespaceClaim;

  private constructor(holder: ChildProcess, claim: NamespaceClaim) {
    this.#holder = holder;
    this.#claim = claim;
    this.addresses = namespaceAddresses(claim.slot).addresses;
  }

  // Needs root. Rejects with what stands in the way; then nothing of it stays.
  static async make(): Promise<NetworkNamespace> {
    const claim = NamespaceClaim.take();
    const holder = spawn("unshare", ["--net", "sh", "-c", "echo made; exec cat"], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    const namespace = new NetworkNamespace(holder, claim);
    try {
      await heard(holder);
      claim.hold(namespaceOf(holder.pid!));
      namespace.#plugIn();
      return namespace;
    } catch (error) {
      await namespace.close();
      throw error;
    }
  }

  // Before the command line of what is to run inside.
  get entrance(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.#holder.pid}/ns/net`, "--"];
  }

  // Whoever still runs inside keeps it, but not its cable.
  async close(): Promise<void> {
    const { link } = namespaceAddresses(this.#claim.slot);
    if (links().includes(link)) systemCommand("ip", "link", "delete", link);
    const { exitCode, signalCode, pid } = this.#holder;
    if (exitCode === null && signalCode === null && pid !== undefined) {
      this.#holder.kill("SIGKILL");
      await once(this.#holder, "exit");
    }
    this.#claim.release();
    removeBridge();
  }

  #plugIn(): void {
    const { host, bits } = NAMESPACE_NETWORK;
    const { link } = namespaceAddresses(this.#claim.slot);
    const far = ["peer", "name", INSIDE, "netns", String(this.#holder.pid)];
    systemCommand("ip", "link", "add", link, "type", "veth", ...far);
    attach(link);
    const inside = (...command: readonly string[]) =>
      systemCommand(...this.entrance, "ip", ...command);
    inside("link", "set", "lo", "up");
    inside("link", "set", INSIDE, "up");
    const read = systemCommand(...this.entrance, "sh", "-c", `cat ${INTERFACES} || true`);
    if (!ipFamilies(read).listensIPv6) this.addresses = this.addresses.slice(0, 1);
    this.addresses.forEach((address, i) => {
      const flags = i === 1 ? ["nodad"] : [];
      inside("address", "add", `${address}/${bits[i]}`, "dev", INSIDE, ...flags);
      inside(i === 1 ? "-6" : "-4", "route", "add", "default", "via", host[i]!);
    });
    systemCommand(...this.entrance, "sh", "-c", `echo 1 > ${routesLoopback(INSIDE)}`);
    inside("route", "delete", "local", "127.0.0.0/8", "dev", "lo", "table", "local");
    inside("route", "add", "local", LOOPBACK.own, "dev", "lo", "table", "local");
    inside("route", "add", LOOPBACK.machine, "via", host[0], "src", this.addresses[0]!);
  }
}

// Whoever leaves last takes the bridge away, maybe just now.
function attach(link: string): void {
  for (let tries = 1; ; tries++) {
    try {
      makeBridge();
      systemCommand("ip", "link", "set", link, "master", NAMESPACE_NETWORK.bridge, "up");
      return;
    } catch (error) {
      if (tries === ATTACH_TRIES) throw error;
    }
  }
}

function makeBridge(): void {
  const { bridge, host, bits } = NAMESPACE_NETWORK;
  if (!links().includes(bridge)) systemCommand("ip", "link", "add", bridge, "type", "bridge");
  systemCommand("ip", "link", "set", bridge, "up");
  const isOff = !ipFamilies(systemFiles.read(INTERFACES)).listensIPv6;
  (isOff ? host.slice(0, 1) : host).forEach((address, i) => {
    const flags = i === 1 ? ["nodad"] : [];
    systemCommand("ip", "address", "replace", `${address}/${bits[i]}`, "dev", bridge, ...flags);
  });
  writeFileSync(routesLoopback(bridge), "1");
}

// With the last cable.
function removeBridge(): void {
  const { bridge } = NAMESPACE_NETWORK;
  if (!links().includes(bridge)) return;
  if (links("master", bridge).length > 0) return;
  try {
    systemCommand("ip", "link", "delete", bridge);
  } catch {
    // Another one was quicker.
  }
}

// Lets addresses of loopback come and go over that link.
function routesLoopback(link: string): string {
  return `/proc/sys/net/ipv4/conf/${link}/route_localnet`;
}

// Rejects where it ends without a word.
function heard(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(error));
    child.once("exit", () => reject(new Error("cannot make a network namespace: it needs root")));
    child.stdout!.once("data", () => resolve());
  });
}

// The product's proxies as processes of their own, ready to be measured.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemFiles } from "#base/file-system.ts";
import { EXIT, type Surroundings } from "#cli/surroundings.ts";
import { bindListener, type Listener } from "#local/listener.ts";
import { portHolder } from "#local/port-holder.ts";
import { Sidecar } from "#local/sidecar.ts";
import { StateFolder } from "#local/state-folder.ts";
import { onStopSignals } from "#local/stop-signals.ts";
import { systemReason } from "#local/system-reason.ts";
import { workshopFor } from "#local/workshop-for.ts";
import { RigControl } from "./rig-control.ts";
import { RIG_KEY, RIG_NAMESPACE, RIG_PORT } from "./rig-documents.ts";
import type { RigAddress, RigOptions, RigReady } from "./rig-options.ts";

const LOOPBACK = "127.0.0.1";
const READY_WAIT_MS = 15_000;
// What only a setting of the proxies does, and no document.
const SETTINGS: Readonly<Partial<Record<RigOptions["telemetry"], "off" | "counts" | "tapped">>> = {
  off: "off",
  counts: "counts",
  unkept: "tapped",
};

// Until it is told to stop. The exit code says how it went.
export async function runRig(options: RigOptions, surroundings: Surroundings): Promise<number> {
  const rig = new Rig(options, (sentence) => surroundings.error(`${sentence}\n`));
  const stopped = new Promise<void>((resolve) =>
    onStopSignals(resolve, () => process.exit(EXIT.finding)),
  );
  try {
    const ready = await rig.start();
    surroundings.out(`${JSON.stringify(ready)}\n`);
    await stopped;
    return EXIT.ok;
  } catch (error) {
    surroundings.error(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.finding;
  } finally {
    await rig.stop();
  }
}

type Part = { readonly role: string; readonly sidecar: Sidecar; readonly metrics: Listener };

class Rig {
  readonly #options: RigOptions;
  readonly #note: (sentence: string) => void;
  readonly #folder = mkdtempSync(join(tmpdir(), "weft-rig-"));
  readonly #listeners: Listener[] = [];
  readonly #parts: Part[] = [];
  #control: RigControl | undefined;

  constructor(options: RigOptions, note: (sentence: string) => void) {
    this.#options = options;
    this.#note = note;
  }

  // Throws one sentence where that can't be.
  async start(): Promise<RigReady> {
    const { listen, shape } = this.#options;
    const entrance = this.#bind(listen);
    this.#control = await RigControl.open(this.#options, this.#folder, this.#bind());
    const { errors } = this.#control;
    if (errors.length > 0) throw new Error(errors.join("\n"));
    const isPair = shape === "pair";
    await Promise.all([
      this.#startProxy("caller", isPair ? "outbound" : "proxy", entrance),
      ...(isPair ? [this.#startProxy("backend", "inbound", undefined)] : []),
    ]);
    return {
      listen: addressText(entrance),
      pids: Object.fromEntries(this.#parts.map(({ role, sidecar }) => [role, sidecar.pid ?? 0])),
      metrics: Object.fromEntries(
        this.#parts.map(({ role, metrics }) => [role, addressText(metrics)]),
      ),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map(({ sidecar }) => sidecar.stop()));
    this.#control?.close();
    for (const listener of this.#listeners) listener.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startProxy(name: string, role: string, entrance: Listener | undefined): Promise<void> {
    const control = this.#control!;
    const state = new StateFolder(systemFiles, this.#folder);
    state.make();
    // Ends with us: nobody else has to know of it.
    const workshop = { ...workshopFor(state, this.#note), processes: { add: () => {} } };
    const { backend, telemetry } = this.#options;
    const metrics = this.#bind();
    const listens = Promise.withResolvers<void>();
    const answers = Promise.withResolvers<void>();
    const sidecar = new Sidecar(
      {
        workload: { namespace: RIG_NAMESPACE, name },
        identity: control.identityOf(name),
        stateFolder: state.makeProxyFolder(name),
        place: {
          kind: "held",
          listeners: { outbound: this.#bind(), mesh: this.#bind(), metrics, health: this.#bind() },
        },
        dependencies: entrance ? [{ key: RIG_KEY, listener: entrance }] : [],
        application: entrance ? [] : [{ ...backend, declared: RIG_PORT }],
        readiness: entrance ? { kind: "none" } : { kind: "tcp", ...backend },
        telemetry: SETTINGS[telemetry] ?? "metrics",
        admission: () => Promise.resolve(control.admit(name)),
      },
      workshop,
      {
        ready: () => listens.resolve(),
        // Else the first requests would find nobody.
        application: (isReady) => isReady && answers.resolve(),
        ended: () => listens.reject(new Error(`The ${role} proxy ended`)),
      },
    );
    this.#parts.push({ role, sidecar, metrics });
    sidecar.start();
    const isReady = Promise.all([listens.promise, answers.promise]).then(() => false);
    const isLate = wait(READY_WAIT_MS, true, { ref: false });
    if (await Promise.race([isReady, isLate])) {
      const where = entrance ? "" : `: does anybody listen on ${addressText(backend)}?`;
      throw new Error(`The ${role} proxy isn't ready within ${READY_WAIT_MS / 1000} s${where}`);
    }
  }

  #bind({ address, port }: RigAddress = { address: LOOPBACK, port: 0 }): Listener {
    const binding = bindListener(address, port);
    if (binding.kind === "failed") {
      const holder = portHolder(port);
      const reason = holder ? `${holder} listens there` : systemReason(binding.error);
      throw new Error(`Cannot listen on ${addressText({ address, port })}: ${reason}`);
    }
    this.#listeners.push(binding.listener);
    return binding.listener;
  }
}

function addressText({ address, port }: RigAddress): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

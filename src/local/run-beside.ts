// Runs a command beside its sidecar, which is ready before it starts and ends after it.

import { constants } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { JoinAnswer, JoinRequest } from "#api/join.ts";
import type { Address } from "#main/bootstrap.ts";
import type { ProbeTarget } from "#proxy/pipeline/readiness-probe.ts";
import { ChildProcess } from "./child-process.ts";
import type { DependencyListener } from "./dependency-listeners.ts";
import type { ProcessExit } from "./process-exit.ts";
import { Sidecar, type SidecarPlace } from "./sidecar.ts";
import { systemReason } from "./system-reason.ts";
import { RUN_EXIT, type RunOptions, type Say } from "./while-joined.ts";
import type { Workshop } from "./workshop.ts";
import { workshopFor } from "./workshop-for.ts";

const READY_WAIT_MS = 15_000;
const APPLICATION_ADDRESS = "127.0.0.1";
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

// As shells say it.
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
const EXIT_SIGNAL = 128;

export type Beside = {
  readonly place: SidecarPlace;
  readonly dependencies: readonly DependencyListener[];
  readonly control: Address; // where the sidecar reaches it
  readonly entrance: readonly string[]; // before the command line of the command
  readonly environment: (secret: string, workshop: Workshop) => ReadonlyMap<string, string>;
};

export async function runBeside(
  beside: Beside,
  options: RunOptions,
  joined: JoinAnswer,
  say: Say,
): Promise<number> {
  const base = workshopFor(options.state, say);
  // The mesh's list of processes is not ours to write: we end our own.
  const workshop = { ...base, processes: { add: () => {} } };
  const ready = Promise.withResolvers<boolean>();
  let token: string | undefined = joined.token;
  const sidecar = new Sidecar(
    {
      workload: { namespace: joined.namespace, name: joined.name },
      identity: joined.identity,
      stateFolder: options.state.makeProxyFolder(`${joined.namespace}.${joined.name}`),
      place: beside.place,
      dependencies: beside.dependencies,
      application: options.request.ports.map(({ port }) => ({
        declared: port,
        address: APPLICATION_ADDRESS,
        port,
      })),
      readiness: probeTarget(options.request),
      admission: async () => {
        const { controlIdentity, trust } = joined;
        const admission = { control: beside.control, controlIdentity, trust, token };
        // Good once; afterwards the state folder holds the identity.
        token = undefined;
        return admission;
      },
    },
    workshop,
    { ready: () => ready.resolve(true), application: () => {}, ended: () => {} },
  );
  sidecar.start();
  try {
    const isReady = await Promise.race([ready.promise, wait(READY_WAIT_MS, false, { ref: false })]);
    if (!isReady) {
      say(`The sidecar of ${joined.name} did not become ready within ${READY_WAIT_MS / 1000} s`);
      return RUN_EXIT.unreached;
    }
    const environment = beside.environment(sidecar.secret, workshop);
    return await runCommand(options.command, beside.entrance, environment, say);
  } finally {
    await sidecar.stop();
  }
}

async function runCommand(
  command: readonly string[],
  entrance: readonly string[],
  environment: ReadonlyMap<string, string>,
  say: Say,
): Promise<number> {
  const all = [...entrance, ...command];
  const child = new ChildProcess(
    { command: all, folder: process.cwd(), environment, output: "inherit", descriptors: undefined },
    { message: () => {}, exited: () => {} },
  );
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C on a terminal has reached the command already: it is in our process group.
    const isTyped = signal === "SIGINT" || signal === "SIGQUIT";
    if (!(isTyped && process.stdin.isTTY)) child.signal(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  const exit = await child.ended;
  for (const signal of FORWARDED) process.off(signal, forward);
  if (exit.kind === "not-started") {
    const isMissing = exitCode(exit) === EXIT_NOT_FOUND;
    const reason = isMissing ? "no such command is on the PATH" : systemReason(exit.error);
    say(`Cannot start "${command[0]}": ${reason}`);
  }
  return exitCode(exit);
}

function exitCode(exit: ProcessExit): number {
  switch (exit.kind) {
    case "exited":
      return exit.code;
    case "killed":
      return EXIT_SIGNAL + (constants.signals[exit.signal as NodeJS.Signals] ?? 0);
    case "not-started": {
      const isMissing =
        exit.error instanceof Error && "code" in exit.error && exit.error.code === "ENOENT";
      return isMissing ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
    }
  }
}

function probeTarget({ ports }: JoinRequest): ProbeTarget {
  const [first] = ports;
  if (!first) return { kind: "none" };
  return { kind: "tcp", address: APPLICATION_ADDRESS, port: first.port };
}

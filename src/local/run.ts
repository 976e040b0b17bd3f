// `weft run -- CMD`: joins one process to a running mesh. Its sidecar starts first; when the
// process ends, so does the sidecar, and nothing of it stays.

import { constants } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { JoinAnswer, JoinRequest, LeaveAnswer, LeaveRequest } from "#api/join.ts";
import { askMesh } from "#cli/ask-mesh.ts";
import type { FoundMesh } from "#cli/find-mesh.ts";
import type { ProbeTarget } from "#proxy/pipeline/readiness-probe.ts";
import { AddressBook } from "./address-book.ts";
import { applicationEnvironment } from "./application-environment.ts";
import { ChildProcess } from "./child-process.ts";
import { DEFAULT_PORT_BASE } from "./control-listeners.ts";
import { type DependencyListener, DependencyListeners } from "./dependency-listeners.ts";
import { portFailure } from "./port-failure.ts";
import type { ProcessExit } from "./process-exit.ts";
import { Sidecar } from "./sidecar.ts";
import type { SidecarListeners } from "./sidecar-listeners.ts";
import type { StateFolder } from "./state-folder.ts";
import { systemReason } from "./system-reason.ts";
import { workshopFor } from "./workshop-for.ts";

const READY_WAIT_MS = 15_000;
const APPLICATION_ADDRESS = "127.0.0.1";
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

const EXIT_FAILED = 1;
const EXIT_UNREACHED = 3;
// As shells say it.
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
const EXIT_SIGNAL = 128;

export type RunOptions = {
  readonly mesh: FoundMesh;
  readonly state: StateFolder; // of that mesh
  readonly request: JoinRequest;
  readonly command: readonly string[];
};

type AllListeners = SidecarListeners & { readonly dependencies: readonly DependencyListener[] };
type Say = (sentence: string) => void;

export async function run(options: RunOptions, say: Say): Promise<number> {
  const { mesh, request } = options;
  const joined = await askMesh<JoinAnswer>(mesh, { path: ADMIN_PATHS.join, body: request });
  if (joined.kind === "error") {
    const { message, remedy, code } = joined.error;
    say(remedy ? `${message}. ${remedy}` : message);
    return code === "unavailable" ? EXIT_UNREACHED : EXIT_FAILED;
  }
  try {
    return await runJoined(options, joined.value, say);
  } finally {
    await leave(options, joined.value);
  }
}

async function runJoined(options: RunOptions, joined: JoinAnswer, say: Say): Promise<number> {
  const addresses = new AddressBook({
    folder: `${options.state.path} ${process.pid}`,
    portBase: DEFAULT_PORT_BASE,
    hasLoopbackBlocks: process.platform === "linux",
  });
  const dependencies = new DependencyListeners();
  try {
    const binding = await addresses.take();
    if (binding.kind === "failed") {
      say(portFailure("the sidecar", binding.address, binding.error));
      return EXIT_FAILED;
    }
    const { address } = binding.listeners.outbound;
    const failed = dependencies.update(address, options.request.dependencies);
    if (failed) {
      say(portFailure("a dependency", failed.address, failed.error));
      return EXIT_FAILED;
    }
    const all = { ...binding.listeners, dependencies: dependencies.all };
    return await runBeside(all, options, joined, say);
  } finally {
    dependencies.close();
    addresses.close();
  }
}

async function runBeside(
  { dependencies, ...listeners }: AllListeners,
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
      listeners,
      dependencies,
      application: options.request.ports.map(({ port }) => ({
        declared: port,
        address: APPLICATION_ADDRESS,
        port,
      })),
      readiness: probeTarget(options.request),
      admission: async () => {
        const { control, controlIdentity, trust } = joined;
        const admission = { control, controlIdentity, trust, token };
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
      return EXIT_UNREACHED;
    }
    const environment = environmentOf(
      { dependencies, ...listeners },
      sidecar.secret,
      options,
      joined,
      workshop,
    );
    return await runCommand(options.command, environment, say);
  } finally {
    await sidecar.stop();
  }
}

function environmentOf(
  { outbound, dependencies }: AllListeners,
  secret: string,
  { request }: RunOptions,
  { namespace, name }: JoinAnswer,
  workshop: { readonly nodeFolder: string; readonly inherited: ReadonlyMap<string, string> },
): ReadonlyMap<string, string> {
  return applicationEnvironment({
    workload: { namespace, name },
    ports: request.ports,
    dependencies: request.dependencies,
    tcp: dependencies,
    outbound: { address: outbound.address, port: outbound.port },
    secret,
    nodeFolder: workshop.nodeFolder,
    inherited: workshop.inherited,
    declared: [],
  });
}

async function runCommand(
  command: readonly string[],
  environment: ReadonlyMap<string, string>,
  say: Say,
): Promise<number> {
  const child = new ChildProcess(
    { command, folder: process.cwd(), environment, output: "inherit", descriptors: undefined },
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

async function leave({ mesh, state }: RunOptions, joined: JoinAnswer): Promise<void> {
  const body: LeaveRequest = { namespace: joined.namespace, name: joined.name };
  // A mesh that ended meanwhile has forgotten us anyway.
  await askMesh<LeaveAnswer>(mesh, { path: ADMIN_PATHS.leave, body });
  state.removeProxyFolder(`${joined.namespace}.${joined.name}`);
}

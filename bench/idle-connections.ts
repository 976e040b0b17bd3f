// What connections cost that are open and idle, in the anonymous memory of the sidecar that holds
// them: plain ones of the application, and mTLS ones of the mesh.
// `node bench/idle-connections.ts [--short | --quick] [--revision COMMIT] [--out FILE]`; short: in
// about a minute, for `npm run bench:proxy`.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Holding } from "./hold-connections.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { memoryOf } from "./process-figures.ts";
import { benchProgram, type RealPair, startRealPair } from "./real-pair.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { childFailure } from "./subject.ts";

type Kind = Holding["kind"];

type Found = {
  readonly kind: Kind;
  readonly connections: number;
  readonly beforeKiB: number;
  readonly withKiB: number;
  readonly afterKiB: number; // when all have been closed
  readonly perConnectionKiB: number;
  readonly aimKiB: number;
  readonly floorKiB: number;
  readonly holds: boolean;
};

// data-plane.md's budgets.
const BUDGETS: Readonly<Record<Kind, { readonly aimKiB: number; readonly floorKiB: number }>> = {
  plain: { aimKiB: 8, floorKiB: 20 },
  mesh: { aimKiB: 70, floorKiB: 90 },
};
const FULL = { plain: 10_000, mesh: 3_000, warmUp: 500, repeats: 3, restMs: 8_000 };
const SHORT = { plain: 4_000, mesh: 1_000, warmUp: 500, repeats: 1, restMs: 4_000 };
const QUICK = { plain: 200, mesh: 50, warmUp: 20, repeats: 1, restMs: 500 };
const LIMIT_MS = 600_000;
const OPEN_MS = 120_000;

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
const size = values.quick ? QUICK : values.short ? SHORT : FULL;

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const found: Found[] = [];
    // Fresh sidecars each time: what was let go isn't always given back to the system.
    for (let i = 0; i < size.repeats; i++) found.push(...(await measureAll(rig, i)));
    const report = {
      what: "idle-connections",
      at,
      command: `node bench/idle-connections.ts ${process.argv.slice(2).join(" ")}`.trim(),
      machine: machine(),
      versions: versions(values.revision),
      loadAverageAfter: loadAverage(),
      size,
      found,
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${table(found)}${path}\n`);
    // Few connections say nothing of what one costs.
    if (!values.quick && found.some(({ holds }) => !holds)) process.exitCode = 1;
  },
  {},
);

async function measureAll(rig: Rig, repeat: number): Promise<readonly Found[]> {
  const folder = join(rig.folder, String(repeat));
  mkdirSync(folder);
  const running = await startRealPair({ ...rig, folder }, values.revision);
  const found = [
    await measure(rig, running, "plain", size.plain),
    await measure(rig, running, "mesh", size.mesh),
  ];
  await running.pair.stop();
  return found;
}

async function measure(
  rig: Rig,
  { pair }: RealPair,
  kind: Kind,
  connections: number,
): Promise<Found> {
  const role = kind === "plain" ? "outbound" : "inbound";
  const { pid = 0 } = pair.subject.proxies.find((one) => one.role === role) ?? {};
  await (await hold(rig, pair, kind, size.warmUp)).stop();
  await wait(size.restMs);
  const beforeKiB = memoryOf(pid).anonymousKiB;
  const holding = await hold(rig, pair, kind, connections);
  await wait(size.restMs);
  const withKiB = memoryOf(pid).anonymousKiB;
  if (!holding.isRunning) throw childFailure("Not all connections stayed", holding);
  await holding.stop();
  await wait(size.restMs);
  const afterKiB = memoryOf(pid).anonymousKiB;
  const perConnectionKiB = Number(((withKiB - beforeKiB) / connections).toFixed(2));
  const { aimKiB, floorKiB } = BUDGETS[kind];
  const holds = perConnectionKiB <= floorKiB;
  tell(`${connections} ${kind}: ${perConnectionKiB} KiB each`);
  return {
    ...{ kind, connections, beforeKiB, withKiB, afterKiB },
    ...{ perConnectionKiB, aimKiB, floorKiB, holds },
  };
}

async function hold(rig: Rig, pair: RealPair["pair"], kind: Kind, count: number) {
  const target = new URL(kind === "plain" ? pair.subject.url : `http://${pair.mesh}`);
  const asked: Holding = {
    ...{ kind, count, address: target.hostname, port: Number(target.port) },
    ...{ path: target.pathname, credentials: pair.credentials, workloadPort: pair.backend.port },
  };
  const child = rig.children.start(
    `${count} connections`,
    benchProgram("hold-connections.ts", asked),
  );
  if (!(await child.printed(/are open/, OPEN_MS))) {
    throw childFailure(`Not all ${count} ${kind} connections opened`, child);
  }
  return child;
}

function table(found: readonly Found[]): string {
  const lines = found.map(
    ({ kind, connections, beforeKiB, withKiB, afterKiB, perConnectionKiB, aimKiB, floorKiB }) =>
      `${kind.padEnd(6)} ${String(connections).padStart(6)} idle: ${perConnectionKiB} KiB each ` +
      `(aim ${aimKiB}, floor ${floorKiB}); sidecar ${mib(beforeKiB)} MiB before, ` +
      `${mib(withKiB)} with them, ${mib(afterKiB)} after`,
  );
  return `${lines.join("\n")}\n`;
}

function mib(kib: number): string {
  return (kib / 1024).toFixed(1);
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const cache = join(import.meta.dirname, "..", ".cache", "idle-connections-quick.json");
  const name = `idle-connections-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return values.quick ? cache : join(import.meta.dirname, "results", name);
}

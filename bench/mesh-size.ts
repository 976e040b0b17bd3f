// A sidecar's memory beside meshes of different sizes: a caller with one dependency, and ten, a
// thousand or ten thousand services that its control plane knows besides.
// `node bench/mesh-size.ts [--quick] [--revision COMMIT] [--out FILE]`.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type FrozenBuild, freezeBuild } from "./frozen-build.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { type NginxBackend, startNginx } from "./peers/nginx-backend.ts";
import { memoryOf } from "./process-figures.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { type Spread, spreadOf } from "./spread.ts";
import { childFailure, type Subject } from "./subject.ts";
import { startWeftRig } from "./weft-rig.ts";

type Measured = {
  readonly services: number;
  readonly repeat: number;
  readonly held: readonly Held[];
};

// Of a fresh sidecar, and after the same traffic.
type Held = { readonly role: string; readonly freshKiB: number; readonly usedKiB: number };

type Row = {
  readonly services: number;
  readonly role: string;
  readonly freshKiB: Spread;
  readonly usedKiB: Spread;
};

type Setting = { readonly rig: Rig; readonly build: FrozenBuild; readonly backend: NginxBackend };

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
// A folder may have 10,000 documents; the rig's own are among them.
const FULL = { sizes: [10, 1_000, 9_990], repeats: 3, requests: 20_000, restMs: 5_000 };
const QUICK = { sizes: [10, 500], repeats: 1, requests: 200, restMs: 200 };
const size = values.quick ? QUICK : FULL;
const PER_FILE = 1_000;
const NAMESPACES = 20;
const LIMIT_MS = 900_000;
const LOAD_SECONDS = 120;
// Two fresh processes of the same kind differ by as much.
const DIFFERENCE_MAX_KIB = 1_024;

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const build = freezeBuild(join(rig.folder, "build"), { revision: values.revision });
    const backend = await startNginx(rig.children, join(rig.folder, "nginx"));
    for (const services of size.sizes) writeServices(configFolder(rig, services), services);
    const measured: Measured[] = [];
    for (let repeat = 0; repeat < size.repeats; repeat++) {
      const order = repeat % 2 === 0 ? size.sizes : size.sizes.toReversed();
      for (const services of order) {
        measured.push(await measure({ rig, build, backend }, services, repeat));
      }
    }
    const rows = rowsOf(measured);
    const report = {
      what: "mesh-size",
      at,
      command: `node bench/mesh-size.ts${values.quick ? " --quick" : ""}`,
      machine: machine(),
      versions: versions(values.revision),
      loadAverageAfter: loadAverage(),
      size,
      rows,
      faults: faultsOf(rows),
      measured,
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${table(rows, report.faults)}${path}\n`);
    if (report.faults.length > 0 && !values.quick) process.exitCode = 1;
  },
  { nginx: "-v" },
);

async function measure(setting: Setting, services: number, repeat: number): Promise<Measured> {
  const { rig, build, backend } = setting;
  const config = configFolder(rig, services);
  const { subject, stop } = await startWeftRig(rig.children, build, {
    ...{ way: "pair", backend, config },
  });
  await wait(size.restMs);
  const fresh = anonymousKiB(subject);
  await put(rig, build.load, subject);
  await wait(size.restMs);
  const used = anonymousKiB(subject);
  await stop();
  const held = subject.proxies.map(({ role }, i) => ({
    ...{ role, freshKiB: fresh[i]!, usedKiB: used[i]! },
  }));
  tell(`${services} services: ${held.map((one) => JSON.stringify(one)).join(" ")}`);
  return { services, repeat, held };
}

async function put({ children }: Rig, load: readonly string[], subject: Subject): Promise<void> {
  const child = children.start("load", [
    ...[...load, "--target", subject.url, "--mix", "paths", "--json", "--connections", "16"],
    ...["--requests", `${size.requests}`, "--duration", `${LOAD_SECONDS}`],
  ]);
  await child.ended;
  const found = /^\{.*\}$/m.exec(child.output);
  if (!found) throw childFailure("No result of the load", child);
  const { answers } = JSON.parse(found[0]);
  if (answers !== size.requests) {
    throw childFailure(`${answers} of ${size.requests} requests were answered`, child);
  }
}

function anonymousKiB({ proxies }: Subject): readonly number[] {
  return proxies.map(({ pid }) => memoryOf(pid).anonymousKiB);
}

function configFolder({ folder }: Rig, services: number): string {
  return join(folder, `config-${services}`);
}

function writeServices(folder: string, services: number): void {
  mkdirSync(folder);
  const all = Array.from({ length: services }, (_, i) => JSON.stringify(service(i)));
  for (let i = 0; i < all.length; i += PER_FILE) {
    writeFileSync(join(folder, `${i}.yaml`), all.slice(i, i + PER_FILE).join("\n---\n"));
  }
}

function service(number: number): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `service-${number}`, namespace: `team-${number % NAMESPACES}` },
    spec: {
      selector: { app: `service-${number}` },
      ports: [{ name: "http", port: 80, targetPort: 8080, appProtocol: "http" }],
    },
  };
}

function rowsOf(measured: readonly Measured[]): readonly Row[] {
  const roles = measured[0]?.held.map(({ role }) => role) ?? [];
  return size.sizes.flatMap((services) => {
    const runs = measured.filter((one) => one.services === services);
    return roles.map((role, at) => ({
      services,
      role,
      freshKiB: spreadOf(runs.map(({ held }) => held[at]!.freshKiB)),
      usedKiB: spreadOf(runs.map(({ held }) => held[at]!.usedKiB)),
    }));
  });
}

// Beside the smallest mesh.
function faultsOf(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ services, role, freshKiB, usedKiB }) => {
    const least = rows.find((one) => one.role === role)!;
    return [
      ["fresh", freshKiB.median - least.freshKiB.median] as const,
      ["used", usedKiB.median - least.usedKiB.median] as const,
    ]
      .filter(([, moreKiB]) => moreKiB > DIFFERENCE_MAX_KIB)
      .map(([when, moreKiB]) => `${services} services: ${role}, ${when}, ${moreKiB} KiB more`);
  });
}

function table(rows: readonly Row[], faults: readonly string[]): string {
  const text = ({ median, least, most }: Spread) =>
    `${[median, least, most].map((kib) => (kib / 1024).toFixed(1)).join(" / ")} MiB`.padEnd(24);
  const lines = rows.map(
    ({ services, role, freshKiB, usedKiB }) =>
      `${String(services).padStart(8)}  ${role.padEnd(9)} ${text(freshKiB)} ${text(usedKiB)}`,
  );
  const head = "services  sidecar   fresh: median/least/most after the same traffic";
  return `${[head, ...lines, ...faults.map((fault) => `- ${fault}`)].join("\n")}\n`;
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const name = `mesh-size-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return values.quick
    ? join(import.meta.dirname, "..", ".cache", "mesh-size-quick.json")
    : join(import.meta.dirname, "results", name);
}

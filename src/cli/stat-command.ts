// `weft stat`: golden metrics of workloads, services, namespaces.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { StatRow } from "#api/stat-row.ts";
import { systemClock } from "#base/clock.ts";
import { bytesText, goldenColumns } from "./format-metrics.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { misused } from "./misused.ts";
import { parseResource } from "./parse-resource.ts";
import { printRows } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import type { Column } from "./table-text.ts";
import { addTrafficOptions, type TrafficOptions, trafficParameters } from "./traffic-options.ts";
import { addWatchOption, type WatchFlags, watching } from "./watch.ts";

type Flags = MeshFlags & TrafficOptions & WatchFlags;

const EXAMPLES = `
Examples:
  weft stat
  weft stat deploy/reviews-v1 -t 5m -o wide
  weft stat svc/reviews -o json
  weft stat deploy --from web
  weft stat deploy --to svc/reviews --since 6h
  weft stat --watch`;

const COLUMNS: readonly Column<StatRow>[] = [
  { title: "NAME", text: ({ name }) => name },
  { title: "MESHED", text: ({ meshed, workloads }) => `${meshed}/${workloads}` },
  ...goldenColumns<StatRow>(),
  { title: "TCP_CONN", align: "right", text: ({ connectionsOpen }) => String(connectionsOpen) },
];
const NAMESPACE: Column<StatRow> = { title: "NAMESPACE", text: ({ namespace }) => namespace };
const WIDE: readonly Column<StatRow>[] = [
  { title: "IN_FLIGHT", align: "right", text: ({ inFlight }) => String(inFlight) },
  { title: "CPU", align: "right", text: (row) => `${row.cpuMsPerSecond.toFixed(1)}ms/s` },
  { title: "MEMORY", align: "right", text: ({ memoryBytes }) => bytesText(memoryBytes) },
];

export function registerStat(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("stat")
    .description("golden metrics of workloads, services or namespaces")
    .argument("[resource...]", "deploy, deploy/NAME, svc/NAME, ns/NAME; default: all workloads")
    .addHelpText("after", EXAMPLES)
    .action((words: readonly string[], flags: Flags) =>
      watching(surroundings, flags, (told) => stat(told, words, flags)),
    );
  addTrafficOptions(addWatchOption(addMeshOptions(command, ["table", "wide", "json", "yaml"])));
}

async function stat(
  surroundings: Surroundings,
  words: readonly string[],
  flags: Flags,
): Promise<void> {
  const parsed = parseResource(words);
  if (parsed.kind === "invalid") return misused(surroundings, parsed.message);
  const { kind, name } = parsed.resource;
  const parameters = trafficParameters(flags, systemClock.wallMs());
  if (parameters.kind === "invalid") return misused(surroundings, parameters.message);
  if (flags.to !== undefined && (flags.from !== undefined || kind === "service")) {
    const right = "--to goes with deploy or ns, and without --from. See `weft edges` for both";
    return misused(surroundings, `Cannot tell whose rows these are: ${right}`);
  }
  const query = { kind, name, namespace: flags.namespace, ...parameters.query };
  const question = { path: ADMIN_PATHS.stat, query };
  const answer = await askAndTell<Rows<StatRow>>(surroundings, flags, question);
  if (!answer) return;
  const { rows } = answer;
  const namespaces = new Set(rows.map((row) => row.namespace));
  await printRows(surroundings, rows, {
    format: flags.output,
    columns: kind !== "namespace" && namespaces.size > 1 ? [NAMESPACE, ...COLUMNS] : COLUMNS,
    wideColumns: WIDE,
    emptyText: `No ${name === undefined ? kind : `${kind} "${name}"`} in the mesh`,
  });
  surroundings.exit(rows.length === 0 && name !== undefined ? EXIT.finding : EXIT.ok);
}

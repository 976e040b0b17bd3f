// `weft top`: which calls come again and again, as in a sample of the last requests.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { TopRow } from "#api/top-row.ts";
import { latencyText, percentText } from "./format-metrics.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { misused } from "./misused.ts";
import { parseResource } from "./parse-resource.ts";
import { parseWindow } from "./parse-window.ts";
import { printRows } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import type { Column } from "./table-text.ts";
import { addWatchOption, type WatchFlags, watching } from "./watch.ts";

type Flags = MeshFlags &
  WatchFlags & {
    readonly namespace?: string;
    readonly timeWindow: number;
    readonly path?: string;
    readonly method?: string;
  };

const KEPT_MS = 300_000;

const EXAMPLES = `
Examples:
  weft top
  weft top deploy/web --watch
  weft top svc/reviews --path /reviews --method GET`;

const COLUMNS: readonly Column<TopRow>[] = [
  { title: "SOURCE", text: ({ source }) => source.workload },
  { title: "DESTINATION", text: ({ destination }) => destination },
  { title: "METHOD", text: ({ method }) => method },
  { title: "PATH", text: ({ path }) => path },
  { title: "COUNT", align: "right", text: ({ count }) => String(count) },
  { title: "BEST", align: "right", text: ({ bestMs }) => latencyText(bestMs) },
  { title: "WORST", align: "right", text: ({ worstMs }) => latencyText(worstMs) },
  { title: "LAST", align: "right", text: ({ lastMs }) => latencyText(lastMs) },
  { title: "SUCCESS_RATE", align: "right", text: (row) => percentText(row.successRate) },
];
const WIDE: readonly Column<TopRow>[] = [
  { title: "NAMESPACE", text: ({ source }) => source.namespace },
  { title: "LAST_AT", text: ({ lastAtMs }) => new Date(lastAtMs).toISOString() },
];

export function registerTop(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("top")
    .description("which calls come again and again, in a sample of the last requests")
    .argument("[resource...]", "who calls or is called: deploy/NAME, svc/NAME, ns/NAME")
    .option("-n, --namespace <name>", "only this namespace")
    .option("-t, --time-window <duration>", "over how long, 1s to 5m", parseWindow, 30_000)
    .option("--path <prefix>", "only paths that begin so")
    .option("--method <method>", "only this method")
    .addHelpText("after", EXAMPLES)
    .action((words: readonly string[], flags: Flags) =>
      watching(surroundings, flags, (told) => top(told, words, flags)),
    );
  addWatchOption(addMeshOptions(command, ["table", "wide", "json", "yaml"]));
}

async function top(
  surroundings: Surroundings,
  words: readonly string[],
  flags: Flags,
): Promise<void> {
  const parsed = parseResource(words);
  if (parsed.kind === "invalid") return misused(surroundings, parsed.message);
  const { kind, name } = parsed.resource;
  const windowMs = String(Math.min(flags.timeWindow, KEPT_MS));
  const query =
    kind === "namespace"
      ? { namespace: name ?? flags.namespace, windowMs }
      : { namespace: flags.namespace, name, windowMs };
  const question = { path: ADMIN_PATHS.top, query };
  const answer = await askAndTell<Rows<TopRow>>(surroundings, flags, question);
  if (!answer) return;
  const rows = answer.rows.filter(
    ({ path, method }) =>
      (flags.path === undefined || path.startsWith(flags.path)) &&
      (flags.method === undefined || method === flags.method.toUpperCase()),
  );
  await printRows(surroundings, rows, {
    format: flags.output,
    columns: COLUMNS,
    wideColumns: WIDE,
    emptyText: "Nobody has called anybody in this time",
  });
  surroundings.exit(EXIT.ok);
}

// `weft edges`: who talks to whom, as whom.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { EdgeRow } from "#api/edge-row.ts";
import { goldenColumns } from "./format-metrics.ts";
import { addMeshOptions } from "./mesh-command.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Column } from "./table-text.ts";
import { tellTraffic, trafficCommand } from "./traffic-command.ts";
import { addWatchOption, watching } from "./watch.ts";

const EXAMPLES = `
Examples:
  weft edges
  weft edges deploy/reviews-v1 -o wide
  weft edges --to svc/reviews --since 10:30 -t 5m
  weft edges --watch`;

const COLUMNS: readonly Column<EdgeRow>[] = [
  { title: "SRC", text: ({ source }) => source.workload },
  { title: "DST", text: ({ destination }) => destination.workload },
  { title: "SRC_NS", text: ({ source }) => source.namespace },
  { title: "DST_NS", text: ({ destination }) => destination.namespace },
  { title: "SECURED", text: ({ isSecured }) => (isSecured ? "√" : "×") },
  ...goldenColumns<EdgeRow>().slice(0, 2),
];
const WIDE: readonly Column<EdgeRow>[] = [
  ...goldenColumns<EdgeRow>().slice(2),
  { title: "SRC_IDENTITY", text: ({ source }) => source.identity },
  { title: "DST_IDENTITY", text: ({ destination }) => destination.identity },
];

export function registerEdges(program: Command, surroundings: Surroundings): void {
  const command = trafficCommand(program, "edges")
    .description("who talks to whom, with which identity, and whether it is secured")
    .addHelpText("after", EXAMPLES)
    .action((words, flags) => {
      const question = { path: ADMIN_PATHS.edges, words, flags };
      return watching(surroundings, flags, (told) =>
        tellTraffic<EdgeRow, Rows<EdgeRow>>(told, question, {
          columns: COLUMNS,
          wideColumns: WIDE,
          emptyText: "Nobody has talked to anybody in this time",
        }),
      );
    });
  addWatchOption(addMeshOptions(command, ["table", "wide", "json", "yaml"]));
}

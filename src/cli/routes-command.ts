// `weft routes`: what each rule of each route did, by backend.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { RouteRow } from "#api/route-row.ts";
import { goldenColumns, percentText } from "./format-metrics.ts";
import { addMeshOptions } from "./mesh-command.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Column } from "./table-text.ts";
import { tellTraffic, trafficCommand } from "./traffic-command.ts";
import { addWatchOption, watching } from "./watch.ts";

const EXAMPLES = `
Examples:
  weft routes
  weft routes svc/reviews -t 5m
  weft routes --from web --to svc/reviews --since 2h --until 1h
  weft routes --watch`;

const COLUMNS: readonly Column<RouteRow>[] = [
  { title: "SERVICE", text: ({ service }) => `${service.name}:${service.port}` },
  { title: "ROUTE", text: ({ route }) => route },
  { title: "RULE", align: "right", text: ({ rule }) => String(rule) },
  { title: "BACKEND", text: ({ backend }) => backend },
  { title: "SHARE", align: "right", text: ({ share }) => percentText(share) },
  ...goldenColumns<RouteRow>(),
];
const WIDE: readonly Column<RouteRow>[] = [
  { title: "NAMESPACE", text: ({ service }) => service.namespace },
  { title: "RETRIES", align: "right", text: ({ retries }) => String(retries) },
  { title: "IN_FLIGHT", align: "right", text: ({ inFlight }) => String(inFlight) },
];

export function registerRoutes(program: Command, surroundings: Surroundings): void {
  const command = trafficCommand(program, "routes")
    .description("requests of each route's rules, by backend, with their share as measured")
    .addHelpText("after", EXAMPLES)
    .action((words, flags) => {
      const question = { path: ADMIN_PATHS.routes, words, flags };
      return watching(surroundings, flags, (told) =>
        tellTraffic<RouteRow, Rows<RouteRow>>(told, question, {
          columns: COLUMNS,
          wideColumns: WIDE,
          emptyText: "No route has been used in this time",
        }),
      );
    });
  addWatchOption(addMeshOptions(command, ["table", "wide", "json", "yaml"]));
}

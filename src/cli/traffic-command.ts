// What `weft edges`, `weft routes` and `weft top` have in common.

import type { Command } from "commander";
import type { Rows } from "#api/admin-paths.ts";
import { systemClock } from "#base/clock.ts";
import { askAndTell, type MeshFlags } from "./mesh-command.ts";
import { misused } from "./misused.ts";
import { parseResource } from "./parse-resource.ts";
import { type Printing, printRows } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import { addTrafficOptions, type TrafficOptions, trafficParameters } from "./traffic-options.ts";
import type { WatchFlags } from "./watch.ts";

export type TrafficFlags = MeshFlags & TrafficOptions & WatchFlags;

export type TrafficQuestion = {
  readonly path: string;
  readonly words: readonly string[];
  readonly flags: TrafficFlags;
};

export function trafficCommand(program: Command, name: string): Command {
  const command = program
    .command(name)
    .argument("[resource...]", "deploy/NAME, svc/NAME, ns/NAME; default: everything");
  return addTrafficOptions(command);
}

export async function tellTraffic<Row, Answered extends Rows<Row>>(
  surroundings: Surroundings,
  { path, words, flags }: TrafficQuestion,
  printing: Omit<Printing<Row>, "format">,
): Promise<void> {
  const parsed = parseResource(words);
  const parameters = trafficParameters(flags, systemClock.wallMs());
  if (parsed.kind === "invalid") return misused(surroundings, parsed.message);
  if (parameters.kind === "invalid") return misused(surroundings, parameters.message);
  const { kind, name } = parsed.resource;
  const query =
    kind === "namespace"
      ? { namespace: name ?? flags.namespace, ...parameters.query }
      : { namespace: flags.namespace, name, ...parameters.query };
  const answer = await askAndTell<Answered>(surroundings, flags, { path, query });
  if (!answer) return;
  await printRows(surroundings, answer.rows, { ...printing, format: flags.output });
  surroundings.exit(EXIT.ok);
}

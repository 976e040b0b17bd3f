// What `weft edges` and `weft routes` have in common.

import type { Command } from "commander";
import type { Rows } from "#api/admin-paths.ts";
import { askAndTell, type MeshFlags } from "./mesh-command.ts";
import { parseResource } from "./parse-resource.ts";
import { parseWindow } from "./parse-window.ts";
import { type Printing, printRows } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

export type TrafficFlags = MeshFlags & {
  readonly namespace?: string;
  readonly timeWindow: number;
};

export type TrafficQuestion = {
  readonly path: string;
  readonly words: readonly string[];
  readonly flags: TrafficFlags;
};

export function trafficCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .argument("[resource...]", "deploy/NAME, svc/NAME, ns/NAME; default: everything")
    .option("-n, --namespace <name>", "only this namespace")
    .option("-t, --time-window <duration>", "over how long, 1s to 15m", parseWindow, 60_000);
}

export async function tellTraffic<Row, Answered extends Rows<Row>>(
  surroundings: Surroundings,
  { path, words, flags }: TrafficQuestion,
  printing: Omit<Printing<Row>, "format">,
): Promise<void> {
  const parsed = parseResource(words);
  if (parsed.kind === "invalid") {
    surroundings.error(`${parsed.message}\n`);
    return surroundings.exit(EXIT.usage);
  }
  const { kind, name } = parsed.resource;
  const windowMs = String(flags.timeWindow);
  const query =
    kind === "namespace"
      ? { namespace: name ?? flags.namespace, windowMs }
      : { namespace: flags.namespace, name, windowMs };
  const answer = await askAndTell<Answered>(surroundings, flags, { path, query });
  if (!answer) return;
  await printRows(surroundings, answer.rows, { ...printing, format: flags.output });
  surroundings.exit(EXIT.ok);
}

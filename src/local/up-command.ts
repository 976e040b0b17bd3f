// `weft up`: an embedded mesh from a folder of documents.

import { type Command, InvalidArgumentError } from "commander";
import { parseDurationMs } from "./parse-duration.ts";
import { parsePortBase } from "./parse-port-base.ts";
import { Terminal } from "./terminal.ts";
import { up } from "./up.ts";
import { upDetached } from "./up-detached.ts";

type Flags = {
  readonly file: string;
  readonly for?: number;
  readonly detach?: boolean;
  readonly portBase?: number;
  readonly mesh?: string;
};

const EXAMPLE = `
Examples:
  weft up -f examples/bookshop/mesh
  weft up -f mesh --detach --port-base 0`;

export function registerUp(program: Command): void {
  program
    .command("up")
    .description("run a mesh on this machine from a folder of documents, until Ctrl-C")
    .option("-f, --file <dir>", "folder of documents", ".")
    .option("--for <duration>", "stop after so long, counted from ready (20s, 5m)", duration)
    .option("--detach", "return when the mesh is ready and leave it running")
    .option("--port-base <n>", "move 15000 elsewhere; 0: any free ports, everywhere", portBase)
    .option("--mesh <dir>", "keep the state in DIR/.weft (default: $WEFT_MESH, else -f)")
    .addHelpText("after", EXAMPLE)
    .action(async (flags: Flags) => {
      const terminal = new Terminal(process.stdout, process.stderr);
      const options = {
        documents: flags.file,
        parent: flags.mesh ?? process.env["WEFT_MESH"] ?? flags.file,
        portBase: flags.portBase,
        forMs: flags.for,
      };
      const run = flags.detach ? upDetached : up;
      process.exitCode = await run(options, terminal);
    });
}

function duration(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs === undefined) throw new InvalidArgumentError('a duration is like "20s" or "5m"');
  return durationMs;
}

function portBase(text: string): number {
  const base = parsePortBase(text);
  if (base === undefined) throw new InvalidArgumentError("a port base is 0 or 1024 to 65000");
  return base;
}

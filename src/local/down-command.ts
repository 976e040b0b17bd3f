// `weft down`: ends a mesh that `weft up` runs.

import type { Command } from "commander";
import { down } from "./down.ts";
import { locateMesh } from "./locate-mesh.ts";

const EXIT_UNREACHED = 3;

const EXAMPLE = `
Examples:
  weft down
  weft down --mesh examples/bookshop`;

type Flags = { readonly mesh?: string };

export function registerDown(program: Command): void {
  program
    .command("down")
    .description("end the mesh on this machine")
    .option("--mesh <dir>", "the mesh of DIR/.weft (default: $WEFT_MESH, else upwards from here)")
    .addHelpText("after", EXAMPLE)
    .action(async (flags: Flags) => {
      const state = locateMesh(flags.mesh);
      const result = state
        ? await down(state)
        : { hasEnded: false, sentence: "There is no mesh here: no .weft folder was found" };
      const stream = result.hasEnded ? process.stdout : process.stderr;
      stream.write(`${result.sentence}\n`);
      process.exitCode = result.hasEnded ? 0 : EXIT_UNREACHED;
    });
}

// `weft up` and `weft down` with scripted children, as a program of its own.

import { Terminal } from "#local/terminal.ts";
import { up } from "#local/up.ts";
import { SCRIPTED } from "./scripted-executables.ts";

const [documents = "", parent = "", forMs = ""] = process.argv.slice(2);
process.exitCode = await up(
  {
    documents,
    parent,
    portBase: 0,
    forMs: forMs === "" ? undefined : Number(forMs),
    executables: SCRIPTED,
  },
  new Terminal(process.stdout, process.stderr),
);

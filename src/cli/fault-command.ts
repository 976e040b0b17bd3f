// `weft fault`: lets requests to a service wait or fail, for a while.

import { type Command, InvalidArgumentError } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { DocumentChange, DocumentChanges, FaultRequest } from "#api/documents.ts";
import { tellApplied, tellPreview } from "./apply-command.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { parseFor } from "./parse-for.ts";
import { parseResource } from "./parse-resource.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & {
  readonly namespace: string;
  readonly delay?: number;
  readonly abort?: number;
  readonly percent: number;
  readonly port?: number;
  readonly for: number;
  readonly dryRun?: boolean;
};

const FOR_MS = 300_000;
const EXAMPLES = `
Examples:
  weft fault svc/reviews -n bookshop --delay 2s --percent 50
  weft fault svc/ratings -n bookshop --abort 503 --for 30s

It ends by itself; \`weft rollback\` ends it before.`;

export function registerFault(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("fault")
    .description("let requests to a service wait or fail for a while, and see who minds")
    .argument("<service>", "svc/NAME")
    .option("-n, --namespace <name>", "of the service", "default")
    .option("--delay <duration>", "they wait so long: 250ms, 2s", parseFor)
    .option("--abort <status>", "they are answered with it: 400 to 599", parseInteger(400, 599))
    .option("--percent <number>", "of the requests", parseInteger(1, 100), 100)
    .option("--port <port>", "only this port of the service", parseInteger(1, 65_535))
    .option("--for <duration>", "how long: 30s, 5m", parseFor, FOR_MS)
    .option("--dry-run", "say what would change")
    .addHelpText("after", EXAMPLES)
    .action((word: string, flags: Flags) => fault(surroundings, word, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function fault(surroundings: Surroundings, word: string, flags: Flags): Promise<void> {
  const parsed = parseResource([word]);
  const name =
    parsed.kind === "ok" && parsed.resource.kind === "service" ? parsed.resource.name : "";
  if (!name || (flags.delay === undefined && flags.abort === undefined)) {
    const right = name ? "--delay DURATION or --abort STATUS" : "svc/NAME";
    surroundings.error(`Cannot inject a fault into "${word}": must have ${right}\n`);
    return surroundings.exit(EXIT.usage);
  }
  const { namespace, delay, abort, percent, port } = flags;
  const body: FaultRequest = {
    ...{ namespace, service: name, percent },
    ...(port !== undefined && { port }),
    ...(delay !== undefined && { delayMs: delay }),
    ...(abort !== undefined && { abortStatus: abort }),
  };
  const path = ADMIN_PATHS.documentsFault;
  const told = await askAndTell<Rows<DocumentChange>>(surroundings, flags, { path, body });
  if (!told) return;
  const note = `weft fault ${word}`;
  const changes: DocumentChanges = { changes: told.rows, by: "cli", note, forMs: flags.for };
  if (flags.dryRun) return tellPreview(surroundings, flags, changes);
  await tellApplied(surroundings, flags, ADMIN_PATHS.documentsApply, changes);
}

function parseInteger(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,5}$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };
}

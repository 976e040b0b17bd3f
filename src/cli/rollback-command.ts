// `weft rollback`: takes back what `weft apply` or the dashboard changed.

import type { Command } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { AppliedChange, Documents } from "#api/documents.ts";
import { tellApplied } from "./apply-command.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { printRows } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import type { Column } from "./table-text.ts";

type Flags = MeshFlags & { readonly list?: boolean };

const EXAMPLES = `
Examples:
  weft rollback             the last change
  weft rollback ID
  weft rollback --list      what could be rolled back`;

const COLUMNS: readonly Column<AppliedChange>[] = [
  { title: "ID", text: ({ id }) => id },
  { title: "AT", text: ({ atMs }) => new Date(atMs).toISOString() },
  { title: "BY", text: ({ by }) => by },
  { title: "STATE", text: ({ state }) => state },
  { title: "FILES", text: ({ files }) => files.join(", ") },
];

export function registerRollback(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("rollback")
    .description("take back a change that `weft apply` or the dashboard made")
    .argument("[id]", "of the change; default: the last one in force")
    .option("--list", "what could be rolled back")
    .addHelpText("after", EXAMPLES)
    .action((id: string | undefined, flags: Flags) => rollback(surroundings, id, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function rollback(
  surroundings: Surroundings,
  id: string | undefined,
  flags: Flags,
): Promise<void> {
  const path = ADMIN_PATHS.documents;
  const documents = await askAndTell<Documents>(surroundings, flags, { path });
  if (!documents) return;
  const { history } = documents;
  if (flags.list) {
    const emptyText = "Nothing was changed by `weft apply` or the dashboard";
    const printing = { format: flags.output, columns: COLUMNS, wideColumns: [], emptyText };
    await printRows(surroundings, history, printing);
    return surroundings.exit(EXIT.ok);
  }
  const meant = id ?? history.find(({ state }) => state === "in-force")?.id;
  if (meant === undefined) {
    surroundings.error("Cannot roll back: nothing was changed by `weft apply` or the dashboard\n");
    return surroundings.exit(EXIT.finding);
  }
  await tellApplied(surroundings, flags, ADMIN_PATHS.documentsRollback, { id: meant });
}

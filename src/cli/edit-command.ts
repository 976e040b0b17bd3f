// `weft edit`: single fields of one object in the mesh's documents, with their comments kept.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { DocumentChange, DocumentChanges, DocumentEdits } from "#api/documents.ts";
import { tellApplied, tellPreview } from "./apply-command.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { parseFieldEdit } from "./parse-field-edit.ts";
import { parseFor } from "./parse-for.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & {
  readonly namespace: string;
  readonly dryRun?: boolean;
  readonly for?: number;
};

const EXAMPLES = `
Examples:
  weft edit httproute/reviews -n bookshop spec.rules.0.backendRefs.0.weight=80 \\
    spec.rules.0.backendRefs.1.weight=20
  weft edit virtualservice/catalog -n bookshop spec.http.0.timeout=2s --for 5m
  weft edit service/web -n bookshop metadata.labels.team-     takes it away`;

export function registerEdit(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("edit")
    .description("change fields of an object in the mesh's documents, as one change")
    .argument("<object>", "kind/name")
    .argument("<edit...>", "path=value, or path- to take it away; numbers count from 0")
    .option("-n, --namespace <name>", "of the object", "default")
    .option("--dry-run", "say what would change")
    .option("--for <duration>", "roll it back after that: 30s, 5m", parseFor)
    .addHelpText("after", EXAMPLES)
    .action((object: string, edits: readonly string[], flags: Flags) =>
      edit(surroundings, object, edits, flags),
    );
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function edit(
  surroundings: Surroundings,
  object: string,
  words: readonly string[],
  flags: Flags,
): Promise<void> {
  const [kind, name, ...rest] = object.split("/");
  const edits = words.map(parseFieldEdit);
  const wrong = words.find((_, i) => edits[i] === undefined);
  if (!kind || !name || rest.length > 0 || wrong !== undefined) {
    const what = wrong ?? object;
    const right = wrong === undefined ? "kind/name" : "path=value or path-";
    surroundings.error(`Cannot understand "${what}": must be like ${right}\n`);
    return surroundings.exit(EXIT.usage);
  }
  const { namespace } = flags;
  const question: DocumentEdits = { kind, name, namespace, edits: edits.map((each) => each!) };
  const told = await askAndTell<Rows<DocumentChange>>(surroundings, flags, {
    path: ADMIN_PATHS.documentsEdit,
    body: question,
  });
  if (!told) return;
  const body: DocumentChanges = {
    ...{ changes: told.rows, by: "cli", note: `weft edit ${[object, ...words].join(" ")}` },
    ...(flags.for !== undefined && { forMs: flags.for }),
  };
  if (flags.dryRun) return tellPreview(surroundings, flags, body);
  await tellApplied(surroundings, flags, ADMIN_PATHS.documentsApply, body);
}

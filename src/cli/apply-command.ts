// `weft apply`: objects into the documents of a mesh, as one change.

import { basename } from "node:path";
import type { Command } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type {
  DocumentChanges,
  Documents,
  DocumentsApplied,
  DocumentsPreview,
} from "#api/documents.ts";
import type { FileSystem } from "#base/file-system.ts";
import { objectSpans } from "#control/sources/object-spans.ts";
import { type NamedText, putObjects } from "#control/sources/put-objects.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import { changesText } from "./changes-text.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { parseFor } from "./parse-for.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & {
  readonly file: readonly string[];
  readonly dryRun?: boolean;
  readonly for?: number;
  readonly takeErrors?: boolean;
};

const EXAMPLES = `
Examples:
  weft apply -f canary.yaml
  weft apply -f canary.yaml --dry-run      what would change, and nothing else
  weft apply -f fault.yaml --for 5m        rolled back by itself`;

export function registerApply(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("apply")
    .description("bring objects into the mesh's documents, all or none, and wait for every proxy")
    .requiredOption("-f, --file <path...>", "files of objects")
    .option("--dry-run", "say what would change")
    .option("--for <duration>", "roll it back after that: 30s, 5m", parseFor)
    .option("--take-errors", "also documents with errors")
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => apply(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function apply(surroundings: Surroundings, flags: Flags): Promise<void> {
  const coming = readFiles(surroundings, flags.file);
  if (!coming) return;
  const documents = await askAndTell<Documents>(surroundings, flags, {
    path: ADMIN_PATHS.documents,
  });
  if (!documents) return;
  if (!documents.isEditable) {
    surroundings.error(`Cannot apply this here. ${documents.remedy}\n`);
    return surroundings.exit(EXIT.finding);
  }
  const changes = changesOf(documents, coming);
  if (changes.length === 0) {
    surroundings.error("Nothing to change: the documents say all of it already\n");
    return surroundings.exit(EXIT.ok);
  }
  const body: DocumentChanges = {
    ...{ changes, by: "cli", note: `weft apply -f ${flags.file.join(" -f ")}` },
    ...(flags.for !== undefined && { forMs: flags.for }),
    ...(flags.takeErrors && { takesErrors: true }),
  };
  if (flags.dryRun) return tellPreview(surroundings, flags, body);
  await tellApplied(surroundings, flags, ADMIN_PATHS.documentsApply, body);
}

// Also of a rollback.
export async function tellApplied(
  surroundings: Surroundings,
  flags: MeshFlags,
  path: string,
  body: unknown,
): Promise<void> {
  const applied = await askAndTell<DocumentsApplied>(surroundings, flags, { path, body });
  if (!applied) return;
  const { id, revision, acknowledged, proxies, tookMs, diagnostics } = applied;
  for (const diagnostic of diagnostics) surroundings.error(`${diagnosticText(diagnostic)}\n`);
  if (flags.output !== "table") await printData(surroundings, applied, dataFormat(flags));
  else {
    const reached = `revision ${revision}, acknowledged by ${acknowledged} of ${proxies} proxies`;
    surroundings.out(`${id}: ${reached} after ${Math.round(tookMs)} ms\n`);
  }
  surroundings.exit(acknowledged < proxies ? EXIT.finding : EXIT.ok);
}

export async function tellPreview(
  surroundings: Surroundings,
  flags: MeshFlags,
  body: DocumentChanges,
): Promise<void> {
  const path = ADMIN_PATHS.documentsPreview;
  const preview = await askAndTell<DocumentsPreview>(surroundings, flags, { path, body });
  if (!preview) return;
  if (flags.output === "table") surroundings.out(changesText(preview));
  else await printData(surroundings, preview, dataFormat(flags));
  surroundings.exit(preview.hasErrors ? EXIT.finding : EXIT.ok);
}

function dataFormat({ output }: MeshFlags): "json" | "yaml" {
  return output === "yaml" ? "yaml" : "json";
}

function changesOf({ files }: Documents, coming: readonly NamedText[]) {
  const hashes = new Map(files.map(({ file, hash }) => [file, hash]));
  return putObjects(files, coming).map(({ file, text }) => {
    return { file, text, before: hashes.get(file) ?? null };
  });
}

// Undefined: told, and the exit code set.
function readFiles(
  { files, workingFolder, ...surroundings }: Surroundings & { readonly files: FileSystem },
  paths: readonly string[],
): readonly NamedText[] | undefined {
  const read: NamedText[] = [];
  for (const path of paths) {
    const text = files.read(path.startsWith("/") ? path : `${workingFolder}/${path}`);
    const file = basename(path).replace(/\.(?:yaml|yml|json)$|$/, ".yaml");
    if (text !== undefined && objectSpans(text).length > 0) read.push({ file, text });
    else {
      const found = text === undefined ? "there is no such file" : "no object can be read in it";
      surroundings.error(`Cannot apply ${path}: ${found}\n`);
      surroundings.exit(EXIT.usage);
      return undefined;
    }
  }
  return read;
}

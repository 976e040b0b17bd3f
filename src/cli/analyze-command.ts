// `weft analyze`: what is wrong with documents, on disk or in a running mesh.

import { type Command, InvalidArgumentError } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { Diagnostic, Severity } from "#ir/diagnostic.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { type Colour, paint } from "./paint.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & { readonly filename: readonly string[]; readonly namespace?: string };

type Analysis = { readonly rows: readonly Diagnostic[]; readonly subject: string };

const EXAMPLES = `
Examples:
  weft analyze -f mesh/
  weft analyze -f routes.yaml -f services.yaml -o json
  weft analyze               # the running mesh`;

const COLOURS = {
  error: "red",
  warning: "yellow",
  info: "dim",
} as const satisfies Record<Severity, Colour>;

export function registerAnalyze(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("analyze")
    .description("what is wrong with documents, with place and remedy; exits with 1 on findings")
    .option("-f, --filename <path>", "a file or folder, without a mesh; again for more", add, [])
    .option("-n, --namespace <name>", "only objects of this namespace")
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => analyze(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function analyze(surroundings: Surroundings, flags: Flags): Promise<void> {
  const analysis =
    flags.filename.length > 0
      ? await ofFiles(surroundings, flags)
      : await ofMesh(surroundings, flags);
  if (!analysis) return;
  const { namespace } = flags;
  const rows = analysis.rows.filter(
    ({ ref }) => namespace === undefined || ref?.namespace === namespace,
  );
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, rows, flags.output);
  } else {
    for (const row of rows) surroundings.out(`${rowText(surroundings, row)}\n`);
    surroundings.error(`${summary(rows, analysis.subject)}\n`);
  }
  surroundings.exit(rows.some(isFinding) ? EXIT.finding : EXIT.ok);
}

async function ofFiles(
  { files, workingFolder, error, exit }: Surroundings,
  { filename }: Flags,
): Promise<Analysis | undefined> {
  const { readDocuments } = await import("#control/sources/read-documents.ts");
  const { analyzeDocuments } = await import("#insight/analyze/analyze.ts");
  const reading = readDocuments(filename, files, workingFolder);
  if (reading.kind === "missing") {
    error(`Cannot read ${reading.path}: there is no such file or folder\n`);
    exit(EXIT.usage);
    return undefined;
  }
  const { documents, fileCount } = reading.set;
  const subject = `${countText(documents.length, "object")} of ${countText(fileCount, "file")}`;
  return { rows: analyzeDocuments(reading.set), subject };
}

async function ofMesh(surroundings: Surroundings, flags: Flags): Promise<Analysis | undefined> {
  const question = { path: ADMIN_PATHS.analysis };
  const answer = await askAndTell<Rows<Diagnostic>>(surroundings, flags, question);
  return answer && { rows: answer.rows, subject: "the mesh" };
}

// Information is nothing to mend.
function isFinding({ severity }: Diagnostic): boolean {
  return severity !== "info";
}

function rowText(surroundings: Surroundings, row: Diagnostic): string {
  return paint(surroundings, COLOURS[row.severity], diagnosticText(row));
}

function summary(rows: readonly Diagnostic[], subject: string): string {
  const count = (severity: Severity) => rows.filter((row) => row.severity === severity).length;
  const found = [
    ...(count("error") > 0 ? [countText(count("error"), "error")] : []),
    ...(count("warning") > 0 ? [countText(count("warning"), "warning")] : []),
  ];
  const hints = count("info") > 0 ? ` (and ${countText(count("info"), "hint")})` : "";
  const what = found.length > 0 ? found.join(" and ") : "nothing wrong";
  return `Found ${what} in ${subject}${hints}.`;
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function add(path: string, before: readonly string[]): readonly string[] {
  if (path === "") throw new InvalidArgumentError("a file or folder is needed");
  return [...before, path];
}

// Documents as they stand in files and folders now, for whoever reads them once.

import { resolve } from "node:path";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import type { Diagnostic, DiagnosticCode } from "#ir/diagnostic.ts";
import { listDocumentFiles } from "./list-document-files.ts";
import { type ParsedFile, parseDocuments } from "./parse-documents.ts";

export type ReadDocuments = ParsedFile & { readonly fileCount: number };

export type Reading =
  | { readonly kind: "read"; readonly set: ReadDocuments }
  | { readonly kind: "missing"; readonly path: string };

// `paths`: files or folders, as people name them from `from`; positions tell them as they were
// named.
export function readDocuments(paths: readonly string[], disk: FileSystem, from: string): Reading {
  const files: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const place = resolve(from, path);
    if (!disk.stamp(place)) return { kind: "missing", path };
    if (!disk.isFolder(place)) files.push(path);
    else {
      const listed = listDocumentFiles(place, disk, () => {});
      files.push(...listed.files.map((file) => `${trimmed(path)}/${file}`));
      if (listed.isCut) diagnostics.push(cut(path));
    }
  }
  const parsed = files.map((file) => readFile(file, resolve(from, file), disk));
  return {
    kind: "read",
    set: {
      documents: parsed.flatMap(({ documents }) => documents),
      diagnostics: [...diagnostics, ...parsed.flatMap((one) => one.diagnostics)],
      fileCount: files.length,
    },
  };
}

function readFile(file: string, place: string, disk: FileSystem): ParsedFile {
  const bytes = disk.stamp(place)?.bytes ?? 0;
  // A file of a gigabyte is refused before it is in memory.
  if (bytes > LIMITS.documentBytesMax) {
    const message = `The file has ${bytes} bytes, more than ${LIMITS.documentBytesMax}`;
    return refused(file, "WEFT301", message, "Split it into several files.");
  }
  try {
    return parseDocuments(file, disk.read(place) ?? "");
  } catch (error) {
    const message = `Cannot read the file: ${(error as Error).message}`;
    return refused(file, "WEFT101", message, "Let this user read the file.");
  }
}

function refused(file: string, code: DiagnosticCode, message: string, remedy: string): ParsedFile {
  const position = { file, line: 1, column: 1 };
  const rest = { message, remedy, ref: undefined, field: undefined, position };
  return { documents: [], diagnostics: [{ severity: "error", code, ...rest }] };
}

function cut(folder: string): Diagnostic {
  const message =
    `${folder} has more than ${LIMITS.documentsMax} files, or folders more than ` +
    `${LIMITS.documentFolderDepthMax} deep: the rest is left out`;
  return {
    ...{ severity: "error", code: "WEFT301", message, remedy: "Analyze parts of it." },
    ...{ ref: undefined, field: undefined, position: undefined },
  };
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

// A folder of documents, read at the start and after every save. What one save changes, however
// many steps the editor takes, becomes one DocumentSet.
//
// A file that can't be read keeps its last good documents in the set, and says so: a slip of the
// keyboard must not take a mesh down. A file that is gone takes its objects with it.

import type { Clock, Timer } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { Diagnostic, DiagnosticCode } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { DocumentSet } from "./document-set.ts";
import { isDocumentFile, isSkipped, listDocumentFiles, pathIn } from "./list-document-files.ts";
import { type ParsedFile, parseDocuments } from "./parse-documents.ts";
import { type FolderWatch, type WatchFolder, watchFolder } from "./watch-folder.ts";

export type FolderSourceOptions = {
  readonly folder: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly log: Log;
  readonly watch?: WatchFolder;
  // The last good texts of an earlier run, by file: they hold for files that are broken now.
  readonly lastGood?: ReadonlyMap<string, string>;
};

type KnownFile = ParsedFile & {
  // What was last read; undefined where it could not be.
  readonly text: string | undefined;
  readonly stamp: string;
};

// The objects in such a file can't be told, so the old ones stay.
const UNREADABLE: readonly DiagnosticCode[] = ["WEFT101", "WEFT102", "WEFT301"];

export class FolderSource {
  readonly #options: FolderSourceOptions;
  readonly #changed: (set: DocumentSet) => void;
  readonly #watches = new Map<string, FolderWatch>();
  #known = new Map<string, KnownFile>();
  #isCut = false;
  #quiet: Timer | undefined;
  #latest: Timer | undefined;
  #poll: Timer | undefined;
  #isRunning = false;

  constructor(options: FolderSourceOptions, changed: (set: DocumentSet) => void) {
    this.#options = options;
    this.#changed = changed;
  }

  start(): DocumentSet {
    this.#isRunning = true;
    for (const [file, text] of this.#options.lastGood ?? []) {
      this.#known.set(file, { ...parseDocuments(file, text), text, stamp: "" });
    }
    this.#read();
    return this.#set();
  }

  // What was written is read at once, as one set.
  reread(): void {
    this.#reread();
  }

  stop(): void {
    this.#isRunning = false;
    for (const timer of [this.#quiet, this.#latest, this.#poll]) timer?.cancel();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  // ---- reading --------------------------------------------------------------------------------

  // True: the set is another one than before.
  #read(): boolean {
    const { folder, files: disk } = this.#options;
    const listed = listDocumentFiles(folder, disk, (path) => this.#watch(path));
    for (const [path, watch] of this.#watches) {
      if (listed.folders.includes(path)) continue;
      watch.close();
      this.#watches.delete(path);
    }
    const known = new Map<string, KnownFile>();
    let isChanged = listed.isCut !== this.#isCut;
    for (const file of listed.files) {
      const before = this.#known.get(file);
      const after = this.#readFile(file, before);
      known.set(file, after);
      isChanged ||= after.documents !== before?.documents;
      isChanged ||= after.diagnostics !== before?.diagnostics;
    }
    isChanged ||= known.size !== this.#known.size;
    this.#known = known;
    this.#isCut = listed.isCut;
    return isChanged;
  }

  #readFile(file: string, before: KnownFile | undefined): KnownFile {
    const path = pathIn(this.#options.folder, file);
    const { files: disk } = this.#options;
    try {
      const stamp = disk.stamp(path);
      const stampText = stamp ? `${stamp.bytes} ${stamp.modifiedMs}` : "";
      // A file of a gigabyte is refused before it is in memory.
      const isLarge = (stamp?.bytes ?? 0) > LIMITS.documentBytesMax;
      if (isLarge && before?.stamp === stampText) return before;
      const text = isLarge ? undefined : (disk.read(path) ?? "");
      if (text !== undefined && before?.text === text) {
        return { ...before, stamp: stampText };
      }
      const parsed = text === undefined ? tooLarge(file, stamp!.bytes) : parseDocuments(file, text);
      return { ...keepLastGood(file, parsed, before), text, stamp: stampText };
    } catch (error) {
      const message = `Cannot read the file: ${(error as Error).message}`;
      if (before?.stamp === message) return before;
      const parsed = failedFile(file, "WEFT101", message, "Let this user read the file.");
      return { ...keepLastGood(file, parsed, before), text: undefined, stamp: message };
    }
  }

  #set(): DocumentSet {
    const documents: Document[] = [];
    const diagnostics: Diagnostic[] = [];
    let isCut = this.#isCut;
    for (const known of this.#known.values()) {
      const room = LIMITS.documentsMax - documents.length;
      isCut ||= known.documents.length > room;
      documents.push(...known.documents.slice(0, room));
      diagnostics.push(...known.diagnostics);
    }
    if (isCut) diagnostics.push(tooMany());
    const texts = new Map([...this.#known].map(([file, { text }]) => [file, text ?? ""]));
    return { documents, diagnostics, fileCount: this.#known.size, texts };
  }

  // ---- noticing -------------------------------------------------------------------------------

  #watch(path: string): void {
    if (this.#watches.has(path) || this.#poll) return;
    const { folder, watch = watchFolder } = this.#options;
    try {
      const noticed = (name: string | undefined) => this.#noticed(path, name);
      const opened = watch(pathIn(folder, path), noticed, (error) => this.#watchFailed(error));
      this.#watches.set(path, opened);
    } catch (error) {
      this.#watchFailed(error as Error);
    }
  }

  // Too many watches, or a file system without them: then by looking, once a second.
  #watchFailed(error: Error): void {
    if (this.#poll || !this.#isRunning) return;
    this.#options.log.warn("Cannot watch the documents, looking every second instead", {
      folder: this.#options.folder,
      reason: error.message,
    });
    this.#pollAgain();
  }

  #pollAgain(): void {
    this.#poll = this.#options.clock.after(LIMITS.documentPollMs, () => {
      if (this.#isStampChanged()) this.#noticed("", undefined);
      this.#pollAgain();
    });
  }

  #isStampChanged(): boolean {
    const { folder, files: disk } = this.#options;
    const { files } = listDocumentFiles(folder, disk, () => {});
    if (files.length !== this.#known.size) return true;
    return files.some((file) => {
      const stamp = disk.stamp(pathIn(folder, file));
      const text = stamp ? `${stamp.bytes} ${stamp.modifiedMs}` : "";
      return this.#known.get(file)?.stamp !== text;
    });
  }

  // What applications write beside the documents (data, logs) is no reason to read them all again.
  #noticed(path: string, name: string | undefined): void {
    if (!this.#isRunning || (name !== undefined && !this.#concernsUs(path, name))) return;
    const { clock } = this.#options;
    this.#quiet?.cancel();
    this.#quiet = clock.after(LIMITS.documentQuietMs, () => this.#reread());
    this.#latest ??= clock.after(LIMITS.documentWaitMs, () => this.#reread());
  }

  #concernsUs(path: string, name: string): boolean {
    if (isSkipped(name)) return false;
    if (isDocumentFile(name)) return true;
    const inner = path === "" ? name : `${path}/${name}`;
    return (
      this.#watches.has(inner) || this.#options.files.isFolder(pathIn(this.#options.folder, inner))
    );
  }

  #reread(): void {
    this.#quiet?.cancel();
    this.#latest?.cancel();
    this.#quiet = undefined;
    this.#latest = undefined;
    if (this.#isRunning && this.#read()) this.#changed(this.#set());
  }
}

function keepLastGood(file: string, parsed: ParsedFile, before: ParsedFile | undefined) {
  const isBroken = parsed.diagnostics.some(({ code }) => UNREADABLE.includes(code));
  if (!isBroken || !before || before.documents.length === 0) return parsed;
  const count = before.documents.length;
  const kept = `The last good state of ${file} goes on (${count} object${count === 1 ? "" : "s"})`;
  const diagnostics = parsed.diagnostics.map((diagnostic) =>
    UNREADABLE.includes(diagnostic.code)
      ? { ...diagnostic, message: `${diagnostic.message}. ${kept}` }
      : diagnostic,
  );
  return { documents: before.documents, diagnostics };
}

function tooLarge(file: string, bytes: number): ParsedFile {
  const message = `The file has ${bytes} bytes, more than ${LIMITS.documentBytesMax}`;
  return failedFile(file, "WEFT301", message, "Split it into several files.");
}

function failedFile(file: string, code: DiagnosticCode, message: string, remedy: string) {
  const position = { file, line: 1, column: 1 };
  const rest = { message, remedy, ref: undefined, field: undefined, position };
  return { documents: [], diagnostics: [{ severity: "error" as const, code, ...rest }] };
}

function tooMany(): Diagnostic {
  return {
    severity: "error",
    code: "WEFT301",
    message:
      `The folder has more than ${LIMITS.documentsMax} files or objects, or folders more than ` +
      `${LIMITS.documentFolderDepthMax} deep: the rest is left out`,
    remedy: "Move what is no document of this mesh elsewhere.",
    ref: undefined,
    field: undefined,
    position: undefined,
  };
}

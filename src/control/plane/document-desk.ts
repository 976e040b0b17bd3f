// The documents as people edit them through the API. A change is one transaction: all of its files
// are written, or none, and read as one set. It is refused where a file was changed meanwhile, or
// where it has errors.

import { randomUUID } from "node:crypto";
import type { Answer } from "#api/answer.ts";
import type { ApiError, ApiErrorCode } from "#api/api-error.ts";
import type {
  DocumentChange,
  DocumentChanges,
  DocumentEdits,
  Documents,
  DocumentsApplied,
  DocumentsPreview,
  FaultRequest,
} from "#api/documents.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { pause } from "#base/pause.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import { editText } from "#control/sources/edit-text.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { positionText } from "#ir/origin.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { type DocumentFolder, hashOf } from "./document-folder.ts";
import type { DocumentJournal, JournalEntry } from "./document-journal.ts";
import { faultDocument } from "./fault-document.ts";
import { previewChanges } from "./preview-changes.ts";

export type DeskMesh = {
  readonly set: () => DocumentSet;
  readonly snapshot: () => Snapshot;
  readonly diagnostics: () => readonly Diagnostic[];
  // As the mesh would be with other documents.
  readonly tryOut: (set: DocumentSet) => {
    readonly snapshot: Snapshot;
    readonly diagnostics: readonly Diagnostic[];
  };
  // The files have changed; resolves with the revision in force then.
  readonly reread: () => Promise<number>;
  // How many proxies are connected, and have that revision.
  readonly acknowledged: (revision: number) => {
    readonly proxies: number;
    readonly acknowledged: number;
  };
};

export type DocumentDeskOptions = {
  readonly folder: DocumentFolder;
  readonly journal: DocumentJournal;
  readonly mesh: DeskMesh;
  readonly clock: Clock;
  readonly log: Log;
};

const LOOK_EVERY_MS = 20;

export class DocumentDesk {
  readonly #options: DocumentDeskOptions;
  readonly #ends = new Map<string, Timer>();

  constructor(options: DocumentDeskOptions) {
    this.#options = options;
    for (const entry of options.journal.entries) this.#endLater(entry);
  }

  get all(): Documents {
    const { mesh, journal } = this.#options;
    const files = [...mesh.set().texts].map(([file, text]) => {
      return { file, text, hash: hashOf(text) };
    });
    const history = journal.entries.map(({ contents: _, ...told }) => told);
    return { isEditable: true, remedy: null, files, history };
  }

  // The changes of text that an edit of fields comes to.
  edit({ kind, namespace, name, edits }: DocumentEdits): Answer<readonly DocumentChange[]> {
    for (const [file, text] of this.#options.mesh.set().texts) {
      const edited = editText(text, { kind, namespace, name }, edits);
      if (edited.kind === "absent") continue;
      if (edited.kind === "refused") return refused("refused", `Cannot edit it: ${edited.reason}`);
      return { kind: "ok", value: [{ file, text: edited.text, before: hashOf(text) }] };
    }
    const message = `Cannot edit ${kind} ${namespace}/${name}: no file has it as a document`;
    return refused("not-found", message);
  }

  fault(request: FaultRequest): readonly DocumentChange[] {
    return [faultDocument(request, (file) => this.#options.folder.read(file))];
  }

  preview({ changes }: DocumentChanges): Answer<DocumentsPreview> {
    const conflict = this.#refusal(changes);
    if (conflict !== undefined) return refused("conflict", conflict);
    const { mesh } = this.#options;
    const { snapshot, diagnostics } = mesh.tryOut(withChanges(mesh.set(), changes));
    const known = new Set(mesh.diagnostics().map((each) => JSON.stringify(each)));
    const files = new Set(changes.map(({ file }) => file));
    const told = diagnostics.filter((each) => {
      return files.has(each.position?.file ?? "") || !known.has(JSON.stringify(each));
    });
    const hasErrors = told.some(({ severity }) => severity === "error");
    const { services, workloads } = previewChanges(mesh.snapshot(), snapshot);
    return { kind: "ok", value: { diagnostics: told, hasErrors, services, workloads } };
  }

  async apply(changes: DocumentChanges): Promise<Answer<DocumentsApplied>> {
    const preview = this.preview(changes);
    if (preview.kind === "error") return preview;
    const { hasErrors, diagnostics } = preview.value;
    if (hasErrors && changes.takesErrors !== true) {
      const [error] = diagnostics.filter(({ severity }) => severity === "error");
      const { position, field, message, remedy } = error!;
      const where = [position && positionText(position), field].filter((part) => part);
      const what = [...where, message].join(": ");
      return refused("refused", `Cannot apply this: ${what}`, remedy ?? null);
    }
    const { clock, folder } = this.#options;
    const contents = changes.changes.map(({ file, text }) => {
      return { file, before: folder.read(file), after: text };
    });
    const atMs = clock.wallMs();
    const entry: JournalEntry = {
      ...{ id: randomUUID(), atMs, by: changes.by ?? "api", note: changes.note ?? "" },
      ...{ files: contents.map(({ file }) => file), contents, state: "in-force" },
      endsAtMs: changes.forMs === undefined ? null : atMs + changes.forMs,
    };
    return this.#write(entry, changes.changes, () => {
      this.#options.journal.add(entry);
      this.#endLater(entry);
    });
  }

  async rollback(id: string): Promise<Answer<DocumentsApplied>> {
    const { journal, folder } = this.#options;
    const entry = journal.entries.find((each) => each.id === id);
    if (!entry) return refused("not-found", `Cannot roll back "${id}": there is no such change`);
    if (entry.state === "rolled-back") {
      return refused("conflict", `Cannot roll back "${id}": it has been rolled back`);
    }
    const other = entry.contents.find(({ file, after }) => folder.read(file) !== after);
    if (other) {
      const message = `Cannot roll back "${id}": ${other.file} was changed since`;
      return refused("conflict", message, "Edit it by hand, or roll back the later change first.");
    }
    const changes = entry.contents.map(({ file, before }) => ({ file, text: before }));
    return this.#write(entry, changes, () => {
      this.#ends.get(id)?.cancel();
      this.#ends.delete(id);
      journal.rolledBack(id);
      // One that could not end, since this one stood in its way, does now.
      for (const other of journal.entries) if (!this.#ends.has(other.id)) this.#endLater(other);
    });
  }

  close(): void {
    for (const timer of this.#ends.values()) timer.cancel();
    this.#ends.clear();
  }

  #refusal(changes: readonly DocumentChange[]): string | undefined {
    const { folder } = this.#options;
    const files = changes.map(({ file }) => file);
    const twice = files.find((file, i) => files.indexOf(file) !== i);
    if (twice !== undefined) return `Cannot change ${twice} twice at once`;
    for (const change of changes) {
      const refusal = folder.refusal(change);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  async #write(
    { id, by }: JournalEntry,
    changes: readonly Pick<DocumentChange, "file" | "text">[],
    written: () => void,
  ): Promise<Answer<DocumentsApplied>> {
    const { clock, folder, log, mesh } = this.#options;
    const startedMs = clock.nowMs();
    try {
      folder.write(changes);
    } catch (error) {
      return refused("failed", `Cannot write the documents: ${(error as Error).message}`);
    }
    written();
    const touched = changes.map(({ file }) => file);
    log.info("Documents were changed", { id, by, files: touched.join(" ") });
    const revision = await mesh.reread();
    const reached = await this.#converged(revision, startedMs);
    const tookMs = clock.nowMs() - startedMs;
    const files = new Set(touched);
    const diagnostics = mesh
      .diagnostics()
      .filter(({ position }) => files.has(position?.file ?? ""));
    return { kind: "ok", value: { id, revision, diagnostics, ...reached, tookMs } };
  }

  async #converged(revision: number, startedMs: number) {
    const { clock, mesh } = this.#options;
    for (;;) {
      const reached = mesh.acknowledged(revision);
      const isLate = clock.nowMs() - startedMs > LIMITS.applyWaitMs;
      if (reached.acknowledged >= reached.proxies || isLate) return reached;
      await pause(clock, LOOK_EVERY_MS);
    }
  }

  #endLater({ id, endsAtMs, state }: JournalEntry): void {
    if (endsAtMs === null || state !== "in-force") return;
    const { clock, log } = this.#options;
    const timer = clock.after(Math.max(0, endsAtMs - clock.wallMs()), () => {
      this.#ends.delete(id);
      void this.rollback(id).then((answer) => {
        if (answer.kind === "error") {
          log.warn("A change that was to end goes on", { id, reason: answer.error.message });
        }
      });
    });
    this.#ends.set(id, timer);
  }
}

function withChanges(set: DocumentSet, changes: readonly DocumentChange[]): DocumentSet {
  const changed = new Map(changes.map(({ file, text }) => [file, text]));
  const texts = new Map([...set.texts, ...changed].filter(([, text]) => text !== null));
  const files = [...texts.keys()].sort();
  const parsed = files.map((file) => {
    const text = changed.get(file);
    if (text) return parseDocuments(file, text);
    const isOfFile = ({ file: own = "" }: { file?: string }) => own === file;
    return {
      documents: set.documents.filter(({ origin }) => isOfFile(origin.position ?? {})),
      diagnostics: set.diagnostics.filter(({ position }) => isOfFile(position ?? {})),
    };
  });
  return {
    documents: parsed.flatMap(({ documents }) => documents),
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
    fileCount: files.length,
    texts: new Map(files.map((file) => [file, texts.get(file)!])),
  };
}

function refused(
  code: ApiErrorCode,
  message: string,
  remedy: string | null = null,
): { readonly kind: "error"; readonly error: ApiError } {
  return { kind: "error", error: { code, message, remedy } };
}

// The documents of a mesh as people edit them: what stands there, what a change would do, and
// changing it.
//
//   GET  documents          -> Documents
//   POST documents/edit     -> Rows<DocumentChange>   DocumentEdits; changes nothing
//   POST documents/preview  -> DocumentsPreview       DocumentChanges; changes nothing
//   POST documents/apply    -> DocumentsApplied       DocumentChanges; role write
//   POST documents/fault    -> Rows<DocumentChange>   FaultRequest; changes nothing
//   POST documents/rollback -> DocumentsApplied       RollbackRequest; role write

import type { Diagnostic } from "#ir/diagnostic.ts";

export type Documents = {
  // False: they are kept elsewhere, see `remedy`.
  readonly isEditable: boolean;
  readonly remedy: string | null;
  readonly files: readonly DocumentFile[];
  // The newest first.
  readonly history: readonly AppliedChange[];
};

export type DocumentFile = {
  readonly file: string; // relative to the folder of documents
  readonly text: string;
  readonly hash: string; // of the text
};

// What has been applied through the API, and can be rolled back.
export type AppliedChange = {
  readonly id: string;
  readonly atMs: number; // wall clock
  readonly by: string; // "cli", "dashboard"
  readonly note: string;
  readonly files: readonly string[];
  readonly endsAtMs: number | null; // when it is rolled back by itself
  readonly state: "in-force" | "rolled-back";
};

export type DocumentChange = {
  readonly file: string;
  readonly text: string | null; // null removes it
  // Hash of what was changed; null: there was no such file. Another one there now is a conflict.
  readonly before: string | null;
};

export type DocumentChanges = {
  readonly changes: readonly DocumentChange[];
  readonly by?: string;
  readonly note?: string;
  // Rolled back by itself after that.
  readonly forMs?: number;
  // Documents with errors are refused without it.
  readonly takesErrors?: boolean;
};

// Fields of one object, by path, with their comments kept: {"path": ["spec", "rules", 0], ...}.
export type DocumentEdits = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly edits: readonly FieldEdit[];
};

export type FieldEdit = {
  readonly path: readonly (string | number)[];
  readonly value: unknown; // null removes it
};

// A FaultInjection for a service, to be applied for a while.
export type FaultRequest = {
  readonly namespace: string;
  readonly service: string;
  readonly port?: number; // absent: each
  readonly percent: number; // 1 to 100
  readonly delayMs?: number;
  readonly abortStatus?: number; // 400 to 599
};

export type DocumentsPreview = {
  // Of the changed files, and those elsewhere that the change makes.
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  readonly services: readonly ServiceChange[];
  // Workloads that are declared, gone, or told something else about themselves: "shop/web".
  readonly workloads: readonly WorkloadChange[];
};

export type ChangeKind = "added" | "changed" | "removed";

export type ServiceChange = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly callers: string | null; // one namespace's; null: everybody's
  readonly change: ChangeKind;
  readonly before: readonly string[]; // its rules, one a line
  readonly after: readonly string[];
};

export type WorkloadChange = {
  readonly namespace: string;
  readonly name: string;
  readonly change: ChangeKind;
};

export type RollbackRequest = { readonly id: string };

export type DocumentsApplied = {
  readonly id: string;
  readonly revision: number;
  readonly diagnostics: readonly Diagnostic[];
  // Proxies that have the revision, of all that are connected, when the wait was over.
  readonly acknowledged: number;
  readonly proxies: number;
  readonly tookMs: number;
};

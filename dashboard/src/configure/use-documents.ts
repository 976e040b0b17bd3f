// The mesh's documents, and changing them.

import { useState } from "preact/hooks";
import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type {
  DocumentChange,
  DocumentChanges,
  Documents,
  DocumentsApplied,
  DocumentsPreview,
} from "#api/documents.ts";
import { ask } from "#dashboard/ask/ask.ts";
import { type Asked, useAnswer } from "#dashboard/ask/use-answer.ts";

const PATH: (typeof ADMIN_PATHS)["documents"] = "/api/v1/documents";
const PREVIEW: (typeof ADMIN_PATHS)["documentsPreview"] = "/api/v1/documents/preview";
const APPLY: (typeof ADMIN_PATHS)["documentsApply"] = "/api/v1/documents/apply";
const ROLLBACK: (typeof ADMIN_PATHS)["documentsRollback"] = "/api/v1/documents/rollback";

export function useDocuments(): Asked<Documents> {
  return useAnswer<Documents>(PATH);
}

export type Changing = {
  readonly isBusy: boolean;
  readonly preview: Answer<DocumentsPreview> | undefined;
  readonly applied: Answer<DocumentsApplied> | undefined;
  look(changes: readonly DocumentChange[]): void;
  apply(changes: DocumentChanges): void;
  rollback(id: string): void;
};

// `changed` is called after each change that was made.
export function useChanging(changed: () => void): Changing {
  const [isBusy, setBusy] = useState(false);
  const [preview, setPreview] = useState<Answer<DocumentsPreview> | undefined>(undefined);
  const [applied, setApplied] = useState<Answer<DocumentsApplied> | undefined>(undefined);
  const change = async (path: string, body: unknown) => {
    setBusy(true);
    setPreview(undefined);
    const answer = await ask<DocumentsApplied>(path, body);
    setApplied(answer);
    setBusy(false);
    if (answer.kind === "ok") changed();
  };
  const look = async (changes: readonly DocumentChange[]) => {
    setBusy(true);
    setApplied(undefined);
    setPreview(await ask<DocumentsPreview>(PREVIEW, { changes }));
    setBusy(false);
  };
  return {
    isBusy,
    preview,
    applied,
    look: (changes) => void look(changes),
    apply: (changes) => void change(APPLY, { by: "dashboard", ...changes }),
    rollback: (id) => void change(ROLLBACK, { id }),
  };
}

// What the admin API asks of documents. A cluster keeps its own: there they are shown by other
// means, and changed by `kubectl`, with the rights of whoever does it and not with ours.

import type { Answer } from "#api/answer.ts";
import type { DocumentsBackend } from "#control/admin/admin-backend.ts";
import type { ControlPlane } from "./control-plane.ts";

const REMEDY =
  "The documents of this mesh are objects of its cluster: change them with `kubectl apply`.";

export function documentsBackend(plane: ControlPlane): DocumentsBackend {
  // No folder: a cluster.
  return plane.settings.documents === "" ? IN_A_CLUSTER : onFolder(plane);
}

function onFolder({ documentDesk: desk }: ControlPlane): DocumentsBackend {
  return {
    all: () => desk.all,
    edit: (edits) => Promise.resolve(desk.edit(edits)),
    fault: (request) => Promise.resolve({ kind: "ok", value: desk.fault(request) }),
    preview: (changes) => Promise.resolve(desk.preview(changes)),
    apply: (changes) => desk.apply(changes),
    rollback: (id) => desk.rollback(id),
  };
}

const IN_A_CLUSTER: DocumentsBackend = {
  all: () => ({ isEditable: false, remedy: REMEDY, files: [], history: [] }),
  edit: () => refuse(),
  fault: () => refuse(),
  preview: () => refuse(),
  apply: () => refuse(),
  rollback: () => refuse(),
};

function refuse(): Promise<Answer<never>> {
  const message = "Cannot change documents here: the cluster keeps them";
  return Promise.resolve({ kind: "error", error: { code: "refused", message, remedy: REMEDY } });
}

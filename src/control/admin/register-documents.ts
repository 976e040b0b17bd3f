// The documents of the mesh: what stands there, what a change would do, and changing it.

import type { FastifyInstance } from "fastify";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type {
  DocumentChanges,
  DocumentEdits,
  FaultRequest,
  RollbackRequest,
} from "#api/documents.ts";
import { LIMITS } from "#base/limits.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { CHANGES_BODY, EDITS_BODY, FAULT_BODY, ROLLBACK_BODY } from "./document-schemas.ts";
import { give } from "./give.ts";

const READ = { role: "read" } as const;
const WRITE = { role: "write" } as const;
const BODY_MAX = LIMITS.changeBytesMax;

export function registerDocuments(app: FastifyInstance, { documents }: AdminBackend): void {
  app.get(ADMIN_PATHS.documents, { config: READ }, () => documents.all());
  app.post<{ Body: DocumentEdits }>(
    ADMIN_PATHS.documentsEdit,
    { config: READ, schema: { body: EDITS_BODY } },
    async (request, reply) => give(reply, rowsOf(await documents.edit(request.body))),
  );
  app.post<{ Body: FaultRequest }>(
    ADMIN_PATHS.documentsFault,
    { config: READ, schema: { body: FAULT_BODY } },
    async (request, reply) => give(reply, rowsOf(await documents.fault(request.body))),
  );
  app.post<{ Body: DocumentChanges }>(
    ADMIN_PATHS.documentsPreview,
    { config: READ, bodyLimit: BODY_MAX, schema: { body: CHANGES_BODY } },
    async (request, reply) => give(reply, await documents.preview(request.body)),
  );
  app.post<{ Body: DocumentChanges }>(
    ADMIN_PATHS.documentsApply,
    { config: WRITE, bodyLimit: BODY_MAX, schema: { body: CHANGES_BODY } },
    async (request, reply) => give(reply, await documents.apply(request.body)),
  );
  app.post<{ Body: RollbackRequest }>(
    ADMIN_PATHS.documentsRollback,
    { config: WRITE, schema: { body: ROLLBACK_BODY } },
    async (request, reply) => give(reply, await documents.rollback(request.body.id)),
  );
}

function rowsOf<Row>(answer: Answer<readonly Row[]>): Answer<Rows<Row>> {
  return answer.kind === "ok" ? { kind: "ok", value: { rows: answer.value } } : answer;
}

// The FaultInjection that a FaultRequest asks for, as the text of a file of its own: taking it back
// is then in nobody's way.

import { stringify } from "yaml";
import type { DocumentChange, FaultRequest } from "#api/documents.ts";
import { hashOf } from "./document-folder.ts";

const FILE_PREFIX = "fault";

// `standing`: what that file says now; null where there is none.
export function faultDocument(
  request: FaultRequest,
  standing: (file: string) => string | null,
): DocumentChange {
  const { namespace, service, port, percent, delayMs, abortStatus } = request;
  const file = `${FILE_PREFIX}-${namespace}-${service}.yaml`;
  const text = stringify({
    apiVersion: "weft.dev/v1alpha1",
    kind: "FaultInjection",
    metadata: { name: service, namespace },
    spec: {
      service,
      ...(port !== undefined && { port }),
      ...(delayMs !== undefined && { delay: { percent, duration: `${delayMs}ms` } }),
      ...(abortStatus !== undefined && { abort: { percent, status: abortStatus } }),
    },
  });
  const before = standing(file);
  return { file, text, before: before === null ? null : hashOf(before) };
}

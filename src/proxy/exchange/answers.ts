// The one table that turns failures into answers. `flag` is Envoy's response flag; docs/reference/
// causes.md explains each code, and a test holds that page against this table.

import type { FailureCode } from "./failure.ts";

export type Answer = { readonly status: number; readonly grpc: number; readonly flag: string };

export const ANSWERS = {
  "malformed-request": { status: 400, grpc: 13, flag: "DPE" },
  "head-too-large": { status: 431, grpc: 8, flag: "DPE" },
  "head-timeout": { status: 408, grpc: 4, flag: "DT" },
  "request-timeout": { status: 408, grpc: 4, flag: "DT" },
  "version-unsupported": { status: 505, grpc: 12, flag: "DPE" },
  "coding-unsupported": { status: 501, grpc: 12, flag: "DPE" },
  "connect-unsupported": { status: 501, grpc: 12, flag: "DPE" },
  "connect-required": { status: 405, grpc: 12, flag: "DPE" },
  "secret-missing": { status: 403, grpc: 7, flag: "UAEX" },
  "browser-refused": { status: 403, grpc: 7, flag: "UAEX" },
  "downstream-reset": { status: 499, grpc: 1, flag: "DC" },
  "peer-unauthenticated": { status: 403, grpc: 16, flag: "UAEX" },
  "port-unknown": { status: 404, grpc: 12, flag: "NR" },
  "plan-unavailable": { status: 503, grpc: 14, flag: "NC" },
  "destination-unknown": { status: 502, grpc: 14, flag: "NR" },
  "destination-forbidden": { status: 403, grpc: 7, flag: "UAEX" },
  "no-route": { status: 404, grpc: 12, flag: "NR" },
  "backend-invalid": { status: 500, grpc: 13, flag: "NC" },
  "no-endpoint": { status: 503, grpc: 14, flag: "UH" },
  overflow: { status: 503, grpc: 14, flag: "UO" },
  "stream-idle": { status: 504, grpc: 4, flag: "SI" },
  "deadline-exceeded": { status: 504, grpc: 4, flag: "UT" },
  "route-timeout": { status: 504, grpc: 4, flag: "UT" },
  "try-timeout": { status: 504, grpc: 4, flag: "UT" },
  // The rule says what is answered instead.
  "fault-injected": { status: 503, grpc: 14, flag: "FI" },
  overloaded: { status: 503, grpc: 14, flag: "OM" },
  draining: { status: 503, grpc: 14, flag: "OM" },
  "upstream-refused": { status: 503, grpc: 14, flag: "UF" },
  "upstream-timeout": { status: 503, grpc: 14, flag: "UF" },
  "upstream-untrusted": { status: 503, grpc: 14, flag: "UF" },
  "upstream-reset": { status: 503, grpc: 14, flag: "UC" },
  "upstream-malformed": { status: 502, grpc: 13, flag: "UPE" },
} as const satisfies Record<FailureCode, Answer>;

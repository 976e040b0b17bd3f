// What is wrong with a document, for the person who wrote it.

import type { ObjectRef, Position } from "./origin.ts";

export type Severity = "error" | "warning" | "info";

export type Diagnostic = {
  readonly severity: Severity;
  // "WEFT101": stable, explained in docs/reference/diagnostics.md.
  readonly code: DiagnosticCode;
  // What was tried, on what, what was found, what would be right.
  readonly message: string;
  readonly remedy: string | undefined;
  // Undefined where not even an object could be read.
  readonly ref: ObjectRef | undefined;
  // "spec.http[0].fault", where it concerns one field.
  readonly field: string | undefined;
  readonly position: Position | undefined;
};

export const DIAGNOSTIC_CODES = {
  WEFT101: "The file cannot be read as YAML or JSON",
  WEFT102: "The object is not Kubernetes-shaped (apiVersion, kind, metadata.name)",
  WEFT103: "The kind is not known",
  WEFT104: "The field is not supported; the rest of the object works without it",
  WEFT105: "The field is not part of this kind",
  WEFT106: "The value does not fit the field",
  WEFT107: "Two documents declare the same object",
  WEFT108: "The field or value is deprecated, and read as its successor",
  WEFT201: "The referenced object does not exist",
  WEFT202: "The service has no such port",
  WEFT203: "The subset is not defined",
  WEFT204: "Another dialect's routes for the same service and port win",
  WEFT205: "Another route of the same dialect, for the same service and port, wins",
  WEFT206: "The service selects no workload",
  WEFT207: "The rule can never match: an earlier one takes every request",
  WEFT208: "The two ends disagree on what the port speaks",
  WEFT209: "Nobody declares what the port speaks, and it was detected",
  WEFT210: "Only idempotent requests are tried again once an endpoint may have seen them",
  WEFT211: "The other namespace has not granted the reference",
  WEFT212: "Another object has the host",
  WEFT213: "The service is another name for one of the mesh, whose rules hold",
  WEFT220: "Near endpoints are not preferred without outlier detection",
  WEFT221: "The match takes no request: an earlier rule takes all of them",
  WEFT222: "The rule has no backend with a weight above 0",
  WEFT223: "The rule names a backend more than once",
  WEFT224: "A try may take as long as the whole request",
  WEFT225: "Two DestinationRules disagree about one service",
  WEFT226: "The subset has no labels",
  WEFT227: "No document says what the port speaks",
  WEFT228: "The annotation means nothing",
  WEFT229: "The PeerAuthentication has no effect",
  WEFT230: "The Telemetry, or a part of it, has no effect",
  WEFT301: "The file is too large, or there are too many objects",
  WEFT401: "The application does not forward the headers of traces",
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

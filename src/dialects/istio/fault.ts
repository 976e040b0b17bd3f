// http[].fault of a VirtualService: what goes wrong on purpose.

import type { FieldReader } from "#ir/field-reader.ts";
import { grpcOfStatus } from "#ir/grpc-of-status.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import type { RouteFault } from "#ir/route-traffic.ts";
import { readShare } from "./percentage.ts";

// By their numbers.
const GRPC_STATUSES = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND"],
  ...["ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION"],
  ...["ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"],
  "UNAUTHENTICATED",
];
// What HTTP calls get for them.
const STATUS_OF_GRPC = [
  ...[200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401],
];
export function readFault(rule: FieldReader): RouteFault | undefined {
  const reader = rule.object("fault");
  if (!reader) return undefined;
  const delay = readDelay(reader);
  const abort = readAbort(reader);
  if (!delay && !abort) return undefined;
  return { ...(delay ? { delay } : {}), ...(abort ? { abort } : {}) };
}

function readDelay(fault: FieldReader): RouteFault["delay"] {
  const reader = fault.object("delay");
  if (!reader) return undefined;
  reader.unsupported("warning", "only fixedDelay delays requests", "exponentialDelay");
  const share = readFaultShare(reader, "delayed");
  if (reader.isSound && !reader.has("exponentialDelay")) {
    reader.require("fixedDelay", 'a duration such as "5s"');
  }
  const ms = readDurationMs(reader, "fixedDelay", 1);
  return ms !== undefined && reader.finish() ? { share, ms } : undefined;
}

function readAbort(fault: FieldReader): RouteFault["abort"] {
  const reader = fault.object("abort");
  if (!reader) return undefined;
  reader.unsupported("warning", "only httpStatus and grpcStatus abort requests", "http2Error");
  const share = readFaultShare(reader, "aborted");
  const status = reader.integer("httpStatus", 200, 599);
  const name = reader.choice("grpcStatus", GRPC_STATUSES);
  if (!reader.finish()) return undefined;
  if (name !== undefined) {
    const grpc = GRPC_STATUSES.indexOf(name);
    return { share, grpc, status: status ?? STATUS_OF_GRPC[grpc]! };
  }
  if (status !== undefined) {
    return { share, status, grpc: grpcOfStatus(status) };
  }
  if (!reader.has("http2Error")) reader.require("httpStatus", "a status such as 503");
  return undefined;
}

// Unlike a mirror's, a fault's share is nobody where none is written.
function readFaultShare(reader: FieldReader, done: string): number {
  if (reader.has("percentage") || reader.has("percent") || !reader.isSound) {
    return readShare(reader, "percentage", "percent");
  }
  const message = `Found no percentage: no request is ${done}`;
  const remedy = "Write percentage: { value: 100 } for all of them.";
  reader.report(["percentage"], { severity: "warning", code: "WEFT106", message, remedy });
  reader.accept("percentage", "percent");
  return 0;
}

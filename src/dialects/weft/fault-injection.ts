// FaultInjection (weft.dev/v1alpha1): faults for all requests to a service, whichever dialect
// routes them. Istio has faults in the rules of a VirtualService; nobody has them for a service
// that Gateway API routes, or none.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { grpcOfStatus } from "#ir/grpc-of-status.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import type { RouteFault } from "#ir/route-traffic.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";

const DELAY_MOST_MS = 3_600_000;

export function translateFaultInjection(document: Document): Translation {
  return translateFields(document, (root) => {
    const spec = root.inside("spec");
    spec.require("service", "the name of a Service in the same namespace");
    const name = spec.text("service");
    const port = spec.integer("port", 1, 65_535);
    const fault = readFault(spec);
    if (name === undefined || !fault || !spec.isSound) return {};
    const { namespace, origin } = document;
    const rule = {
      origin,
      createdAtMs: createdAtMs(document),
      service: { namespace, name },
      fault,
    };
    return { faultRules: [port === undefined ? rule : { ...rule, port }] };
  });
}

function readFault(spec: FieldReader): RouteFault | undefined {
  const delay = readDelay(spec.object("delay"));
  const abort = readAbort(spec.object("abort"));
  if (delay || abort) return { ...(delay && { delay }), ...(abort && { abort }) };
  if (!spec.has("delay") && !spec.has("abort")) {
    spec.require("delay", "a delay or an abort", "Write delay: { duration: 2s } or abort: {}.");
  }
  return undefined;
}

function readDelay(reader: FieldReader | undefined): RouteFault["delay"] {
  if (!reader) return undefined;
  reader.require("duration", 'a duration such as "2s"');
  const share = readShare(reader);
  const ms = readDurationMs(reader, "duration", 1, DELAY_MOST_MS);
  return ms !== undefined && reader.finish() ? { share, ms } : undefined;
}

function readAbort(reader: FieldReader | undefined): RouteFault["abort"] {
  if (!reader) return undefined;
  const share = readShare(reader);
  const status = reader.integer("status", 400, 599) ?? 503;
  return reader.finish() ? { share, status, grpc: grpcOfStatus(status) } : undefined;
}

// All of them where nothing is said.
function readShare(reader: FieldReader): number {
  return (reader.integer("percent", 0, 100) ?? 100) / 100;
}

// Telemetry (telemetry.istio.io): what workloads tell of their requests.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { TelemetryRule } from "#ir/telemetry-rule.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readAccessLogging } from "./access-logging.ts";
import { readMetrics } from "./metrics.ts";
import { readTracing } from "./tracing.ts";

export function translateTelemetry(document: Document): Translation {
  return translateFields(document, readTelemetry);
}

function readTelemetry(root: FieldReader, document: Document) {
  const { namespace, origin } = document;
  const spec = root.inside("spec");
  const selects = spec.object("selector");
  const selector = selects?.textMap("matchLabels") ?? new Map();
  const target = spec.object("targetRef");
  const targets = [...(target ? [target] : []), ...spec.list("targetRefs")];
  const services = targets.map(readTarget).filter((name) => name !== undefined);
  const tracing = readTracing(spec);
  const accessLog = readAccessLogging(spec);
  const metrics = readMetrics(spec);
  // It would hold for others than it was meant for.
  if (selects && !selects.finish()) return {};
  if (targets.length > 0 && services.length === 0) return {};
  const rule: TelemetryRule = {
    ...{ origin, namespace, selector, services, createdAtMs: createdAtMs(document) },
    ...{ tracing, accessLog, metrics },
  };
  return { telemetryRules: [rule] };
}

// Of its own namespace: an API server takes no other.
function readTarget(target: FieldReader): string | undefined {
  const group = target.text("group") ?? "";
  const kind = target.text("kind");
  const name = target.text("name");
  target.accept("namespace");
  target.require("kind", '"Service"');
  target.require("name", "a service's name");
  if (kind === undefined || name === undefined) return undefined;
  if (kind === "Service" && (group === "" || group === "core")) return name;
  target.report(["kind"], {
    severity: "error",
    code: "WEFT104",
    message: `Not supported: ${kind} as a target; only the workloads behind a Service can be one`,
  });
  return undefined;
}

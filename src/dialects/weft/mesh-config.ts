// MeshConfig (weft.dev/v1alpha1): settings of the whole mesh.

import { brokenRelations } from "#base/broken-relations.ts";
import type { LimitPair } from "#base/limits.ts";
import type { Document } from "#ir/document.ts";
import { parseDurationMs } from "#ir/duration.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { limitConflict } from "#ir/limit-conflict.ts";
import { readLocality } from "#ir/read-locality.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readAccessLog } from "./access-log.ts";
import { readLimits } from "./limits.ts";
import { readTap } from "./tap.ts";
import { readTracing } from "./tracing.ts";

const LIFE_LEAST_MS = 10_000;
const LIFE_MOST_MS = 90 * 24 * 3_600_000;
const TRUST_DOMAIN = /^[a-z0-9]([-a-z0-9._]*[a-z0-9])?$/;
const TRUST_DOMAIN_MAX = 255;

export function translateMeshConfig(document: Document): Translation {
  return translateFields(document, (root) => {
    const spec = root.inside("spec");
    const trustDomain = readTrustDomain(spec);
    const certificateLifeMs = readLifetime(spec.inside("certificates"));
    const limits = readMeshLimits(spec);
    const locality = readLocality(spec);
    const accessLog = readAccessLog(spec);
    const tracing = readTracing(spec);
    const tap = readTap(spec);
    const policy = spec.inside("outboundTrafficPolicy");
    const mode = policy.choice("mode", ["REGISTRY_ONLY", "ALLOW_ANY"]);
    return {
      mesh: {
        ...(trustDomain !== undefined && { trustDomain }),
        ...(certificateLifeMs !== undefined && { certificateLifeMs }),
        ...(limits && { limits }),
        ...(locality && { locality }),
        ...(accessLog && { accessLog }),
        ...(tracing && { tracing }),
        ...(tap && { tap }),
        ...(mode !== undefined && { allowsUnknown: mode === "ALLOW_ANY" }),
      },
    };
  });
}

function readTrustDomain(spec: FieldReader): string | undefined {
  const text = spec.text("trustDomain");
  if (text === undefined) return undefined;
  if (TRUST_DOMAIN.test(text) && text.length <= TRUST_DOMAIN_MAX) return text;
  spec.invalid("trustDomain", 'lower-case letters, digits, dashes and dots, such as "mesh.local"');
  return undefined;
}

// Those that contradict each other hold as little as one that doesn't fit.
function readMeshLimits(spec: FieldReader): readonly LimitPair[] | undefined {
  const limits = spec.object("limits");
  if (!limits) return undefined;
  const pairs = readLimits(limits);
  const broken = brokenRelations(pairs);
  for (const relation of broken) {
    const { name, message, remedy } = limitConflict(relation, pairs, pairs);
    limits.report([name], { severity: "error", code: "WEFT106", message, remedy });
  }
  return broken.length === 0 ? pairs : [];
}

function readLifetime(certificates: FieldReader): number | undefined {
  const expected = 'a duration from "10s" to "2160h"';
  const text = certificates.text("lifetime", expected);
  if (text === undefined) return undefined;
  const lifeMs = parseDurationMs(text);
  if (lifeMs !== undefined && lifeMs >= LIFE_LEAST_MS && lifeMs <= LIFE_MOST_MS) return lifeMs;
  certificates.invalid("lifetime", expected, 'Write hours, minutes and seconds: "24h", "1h30m".');
  return undefined;
}

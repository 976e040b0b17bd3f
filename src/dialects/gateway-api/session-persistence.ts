// sessionPersistence of a rule: its requests stay with the endpoint that had the first of them.

import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import type { SessionPersistence } from "#ir/session-persistence.ts";

const DEFAULT_NAME = "mesh-session";
const NAME = /^[a-z0-9][a-z0-9_.-]{0,127}$/i;
const SECOND_MS = 1000;

export function readSessionPersistence(
  rule: FieldReader,
): { readonly session: SessionPersistence } | undefined {
  const reader = rule.object("sessionPersistence");
  if (!reader) return undefined;
  const kind = reader.choice("type", ["Cookie", "Header"]) === "Header" ? "header" : "cookie";
  const name = readName(reader, kind);
  // Told in whole seconds.
  const absoluteMs = readDurationMs(reader, "absoluteTimeout", SECOND_MS);
  const idleMs = readDurationMs(reader, "idleTimeout", SECOND_MS);
  const config = reader.object("cookieConfig");
  const isPermanent = config?.choice("lifetimeType", ["Session", "Permanent"]) === "Permanent";
  if (isPermanent && absoluteMs === undefined && reader.isSound) {
    reader.require("absoluteTimeout", "a duration: a permanent cookie has an end");
  }
  if (!reader.isSound) return undefined;
  return {
    session: {
      ...{ kind, name, isPermanent },
      ...(absoluteMs !== undefined && { absoluteMs }),
      ...(idleMs !== undefined && { idleMs }),
    },
  };
}

// The proxies keep what begins with "weft-" to themselves.
function readName(reader: FieldReader, kind: SessionPersistence["kind"]): string {
  const written = reader.text("sessionName") ?? DEFAULT_NAME;
  const name = kind === "header" ? written.toLowerCase() : written;
  const isOurs = kind === "header" && name.startsWith("weft-");
  if (NAME.test(name) && !isOurs) return name;
  reader.invalid("sessionName", 'letters, digits, "-", "_" and ".", and no header of the mesh');
  return DEFAULT_NAME;
}

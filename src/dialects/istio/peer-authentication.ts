// PeerAuthentication (security.istio.io): whether workloads are called with mutual TLS, or only so.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { PeerMode, PeerRule } from "#ir/peer-rule.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";

const MODES = ["UNSET", "DISABLE", "PERMISSIVE", "STRICT"] as const;
const PORT_MAX = 65_535;

export function translatePeerAuthentication(document: Document): Translation {
  return translateFields(document, readPeerAuthentication);
}

function readPeerAuthentication(root: FieldReader, document: Document) {
  const { namespace, origin } = document;
  const spec = root.inside("spec");
  const selects = spec.object("selector");
  const selector = selects?.textMap("matchLabels") ?? new Map();
  const mode = readMode(spec.inside("mtls"));
  const ports = readPorts(spec);
  // It would hold for others than it was meant for.
  if (selects && !selects.finish()) return {};
  const rule: PeerRule = {
    ...{ origin, namespace, selector, ports, createdAtMs: createdAtMs(document) },
    ...(mode !== undefined && { mode }),
  };
  return { peerRules: [rule] };
}

// A slip of the keyboard must not open what was to be closed.
function readMode(reader: FieldReader): PeerMode | undefined {
  const written = reader.choice("mode", MODES);
  if (written === undefined) return reader.has("mode") ? "strict" : undefined;
  return written === "UNSET" ? undefined : (written.toLowerCase() as PeerMode);
}

function readPorts(spec: FieldReader): PeerRule["ports"] {
  const ports = new Map<number, PeerMode | undefined>();
  for (const [name, reader] of spec.objectMap("portLevelMtls")) {
    const mode = readMode(reader);
    const port = Number(name);
    const isPort = Number.isInteger(port) && port >= 1 && port <= PORT_MAX;
    if (isPort) ports.set(port, mode);
    else spec.invalidAt(["portLevelMtls"], name, `ports from 1 to ${PORT_MAX}`);
  }
  return ports;
}

// Sidecar (networking.istio.io): which services a workload may reach. What it says of inbound
// traffic a Workload's ports say here.

import type { Document } from "#ir/document.ts";
import type { EgressRule, Reach } from "#ir/egress-rule.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import { isDnsLabel } from "#ir/read-document.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";

const INBOUND = "what a workload takes is declared by the ports of its Workload";

export function translateSidecar(document: Document): Translation {
  return translateFields(document, readSidecar);
}

function readSidecar(root: FieldReader, { namespace, origin }: Document) {
  const spec = root.inside("spec");
  const selector = spec.object("workloadSelector")?.textMap("labels") ?? new Map();
  const reaches = readEgress(spec, namespace);
  const allowsUnknown = readOutboundPolicy(spec);
  spec.unsupported("warning", INBOUND, "ingress", "inboundConnectionPool");
  // One that can't be read must not open what it was to close; discovery keeps the last.
  const rule: EgressRule = {
    ...{ origin, namespace, selector },
    ...(reaches && { reaches }),
    ...(allowsUnknown !== undefined && { allowsUnknown }),
  };
  return { egressRules: [rule] };
}

function readEgress(spec: FieldReader, namespace: string): readonly Reach[] | undefined {
  if (!spec.has("egress")) return undefined;
  return spec.list("egress").flatMap((reader) => {
    const port = readPort(reader);
    const anyListener = "every listener of the sidecar reaches these hosts";
    reader.unsupported("warning", anyListener, "bind");
    reader.accept("captureMode");
    reader.require("hosts", 'a list such as ["./*", "istio-system/*"]');
    return reader.texts("hosts").flatMap((text, i) => {
      const reach = readReach(text, namespace);
      if (!reach) reader.invalidAt(["hosts", i], text, 'NAMESPACE/HOST, such as "./*"');
      return reach ? [{ ...reach, ...(port !== undefined && { port }) }] : [];
    });
  });
}

function readPort(reader: FieldReader): number | undefined {
  const port = reader.object("port");
  if (!port) return undefined;
  // What is spoken there its service says.
  port.accept("name", "protocol", "targetPort");
  port.require("number", "a port number");
  return port.integer("number", 1, 65_535);
}

function readReach(text: string, namespace: string): Reach | undefined {
  const slash = text.indexOf("/");
  const space = text.slice(0, Math.max(slash, 0));
  const host = text.slice(slash + 1).toLowerCase();
  if (slash < 0 || !isHostName(host, "patterns")) return undefined;
  if (space === ".") return { namespace, host };
  return space === "*" || space === "~" || isDnsLabel(space)
    ? { namespace: space, host }
    : undefined;
}

function readOutboundPolicy(spec: FieldReader): boolean | undefined {
  const policy = spec.object("outboundTrafficPolicy");
  if (!policy) return undefined;
  policy.unsupported("warning", "unknown hosts are dialled directly", "egressProxy");
  // Istio's enum has REGISTRY_ONLY first, so an empty object means that.
  return policy.choice("mode", ["REGISTRY_ONLY", "ALLOW_ANY"]) === "ALLOW_ANY";
}

// PeerAuthentications that mean nothing where they stand.

import type { Diagnostic } from "#ir/diagnostic.ts";
import { refText } from "#ir/origin.ts";
import type { PeerRule } from "#ir/peer-rule.ts";
import type { Catalog } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { isGeneral, meshRuleOf } from "./peer-mode.ts";
import { isRootNamespace } from "./root-namespace.ts";

export function checkPeerRule(catalog: Catalog, rule: PeerRule): Diagnostic[] {
  const { namespace, origin } = rule;
  const isRoot = isRootNamespace(namespace);
  if (isRoot && !isGeneral(rule)) {
    const why = "in the root namespace a rule holds for the whole mesh, and selects nothing";
    return withoutEffect(rule, why, "Leave the selector out, or move it to the workload's.");
  }
  const first = isRoot
    ? meshRuleOf(catalog)
    : catalog.peerRulesIn.get(namespace)?.find((each) => isGeneral(each));
  if (isGeneral(rule) && first && first !== rule) {
    const why = `${refText(first.origin.ref)} is older, or comes first, and holds for the same`;
    return withoutEffect(rule, why, "Make one of both.");
  }
  const modes = [rule.mode, ...rule.ports.values()];
  if (catalog.mesh.onKubernetes || modes.every((mode) => !mode || mode === "strict")) return [];
  const message =
    `${refText(origin.ref)} has no effect on workloads of this machine: all that gets to them ` +
    "through the mesh is mutual TLS";
  const remedy = "It holds where connections are intercepted: in pods and network namespaces.";
  return [diagnose({ code: "WEFT229", severity: "info", message, remedy, origin })];
}

function withoutEffect({ origin }: PeerRule, why: string, remedy: string): Diagnostic[] {
  const message = `${refText(origin.ref)} has no effect: ${why}`;
  return [diagnose({ code: "WEFT229", severity: "warning", message, remedy, origin })];
}

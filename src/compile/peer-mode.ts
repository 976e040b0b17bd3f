// Which rule says how a workload wants to be called, as Istio finds it: that of the port before
// that of the workload, of the namespace, of the mesh; of several of one reach the oldest.

import type { Workload } from "#ir/model.ts";
import type { PeerMode, PeerRule } from "#ir/peer-rule.ts";
import type { Catalog } from "./catalog.ts";
import { isRootNamespace, ROOT_NAMESPACES } from "./root-namespace.ts";

export type PeerModeFound = {
  readonly mode: PeerMode;
  // Undefined: no document says anything.
  readonly rule: PeerRule | undefined;
};

// Of each namespace the oldest first.
type Rules = Pick<Catalog, "mesh" | "peerRulesIn">;

// `port`: the workload's own; undefined: of those that no rule names.
export function peerModeOf(catalog: Rules, workload: Workload, port?: number): PeerModeFound {
  const [own, ...wider] = peerRulesFor(catalog, workload);
  const ofPort = port === undefined ? undefined : own?.ports.get(port);
  if (own && ofPort !== undefined) return { mode: ofPort, rule: own };
  for (const rule of [own, ...wider]) if (rule?.mode) return { mode: rule.mode, rule };
  // Among pods there are some without a proxy.
  return { mode: catalog.mesh.onKubernetes ? "permissive" : "strict", rule: undefined };
}

// Those of the workload, its namespace and the mesh, as far as there are any.
export function peerRulesFor(
  { peerRulesIn }: Rules,
  { namespace, labels }: Workload,
): readonly [PeerRule | undefined, PeerRule | undefined, PeerRule | undefined] {
  const inNamespace = isRootNamespace(namespace) ? [] : (peerRulesIn.get(namespace) ?? []);
  const own = inNamespace.find(
    ({ selector }) =>
      selector.size > 0 && [...selector].every(([name, value]) => labels.get(name) === value),
  );
  return [own, inNamespace.find(isGeneral), meshRuleOf({ peerRulesIn })];
}

export function meshRuleOf({ peerRulesIn }: Pick<Rules, "peerRulesIn">): PeerRule | undefined {
  const all = ROOT_NAMESPACES.flatMap((name) => peerRulesIn.get(name)?.find(isGeneral) ?? []);
  const [first, second] = all;
  return first && second && second.createdAtMs < first.createdAtMs ? second : first;
}

export function isGeneral({ selector }: PeerRule): boolean {
  return selector.size === 0;
}

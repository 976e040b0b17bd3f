// What a MeshConfig may not do, whoever may write one: count from anywhere in a cluster, and change
// the trust domain under a running mesh, whose root and certificates are of the old one.

import type { Discovery } from "#control/discovery/discover.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { MeshSettings } from "#ir/model.ts";

const GROUP = "weft.dev";
const KIND = "MeshConfig";

// Those of other namespaces are left out, and said to be.
export function onlyOwnMeshConfigs(set: DocumentSet, namespace: string): DocumentSet {
  const others = set.documents.filter((each) => isMeshConfig(each) && each.namespace !== namespace);
  if (others.length === 0) return set;
  return {
    ...set,
    documents: set.documents.filter((document) => !others.includes(document)),
    diagnostics: [
      ...set.diagnostics,
      ...others.map((document) =>
        unfit(document, "metadata.namespace", document.namespace, namespace, "Move it there."),
      ),
    ],
  };
}

// The settings that others change, with the trust domain that the mesh began with.
export class HeldTrustDomain {
  readonly #trustDomain: string;
  // What hasn't changed stays the same object.
  readonly #held = new WeakMap<MeshSettings, MeshSettings>();

  constructor(trustDomain: string) {
    this.#trustDomain = trustDomain;
  }

  hold(found: Discovery, documents: readonly Document[]): Discovery {
    const { mesh } = found.model;
    const trustDomain = this.#trustDomain;
    if (mesh.trustDomain === trustDomain) return found;
    const held = this.#held.get(mesh) ?? { ...mesh, trustDomain };
    this.#held.set(mesh, held);
    const config = documents.find(isMeshConfig);
    const remedy =
      "Keep it. Another one needs another root: remove that, restart the control plane, and " +
      "every workload joins anew.";
    const told = config
      ? [unfit(config, "spec.trustDomain", mesh.trustDomain, trustDomain, remedy)]
      : [];
    return {
      ...found,
      model: { ...found.model, mesh: held },
      diagnostics: [...found.diagnostics, ...told],
    };
  }
}

function isMeshConfig({ origin }: Document): boolean {
  return origin.ref.group === GROUP && origin.ref.kind === KIND;
}

function unfit(
  { origin, position }: Document,
  field: string,
  found: string,
  expected: string,
  remedy: string,
): Diagnostic {
  const { ref } = origin;
  return {
    ...{ severity: "error", code: "WEFT106", remedy, ref, field },
    message: `${KIND} ${ref.namespace}/${ref.name}: Found "${found}", must be "${expected}"`,
    position: position(field.split(".")),
  };
}

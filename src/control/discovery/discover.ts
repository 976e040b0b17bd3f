// From documents of every dialect to one model, with a status for each object.
//
// Pure. An object that an API server would refuse (its fields don't fit) keeps the state that was
// last accepted: the caller hands in what the previous call returned.

import { isDeepStrictEqual } from "node:util";
import { keepList } from "#base/same-list.ts";
import { DEFAULT_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { MeshSettings, Model } from "#ir/model.ts";
import { checkDependencies } from "./check-dependencies.ts";
import { checkLimits } from "./check-limits.ts";
import { type DiscoveredObjects, discoverObjects } from "./discover-objects.ts";

export type DiscoveryInput = {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
};

export type Discovery = {
  readonly model: Model;
  // Those of the input too.
  readonly diagnostics: readonly Diagnostic[];
  // What is in force of each object, and what documents alone come to, for the next call. (Somebody
  // may put more into the model.)
  readonly objects: DiscoveredObjects;
  readonly declared: Model;
};

// `defaults`: what holds of the mesh where no document says otherwise.
export function discover(
  input: DiscoveryInput,
  previous?: Discovery,
  defaults = DEFAULT_MESH_SETTINGS,
): Discovery {
  const objects = discoverObjects(input.documents, previous?.objects);
  const diagnostics = [...input.diagnostics];
  for (const each of objects.all) for (const own of each.diagnostics) diagnostics.push(own);
  const declared = mergeTranslations(objects, defaults, previous?.declared);
  const checked = checkLimits(declared.mesh, declared.workloads, previous?.model);
  diagnostics.push(...checked.diagnostics);
  const workloads = keepList(previous?.model.workloads, checked.workloads);
  const model: Model = { ...declared, workloads };
  diagnostics.push(...checkDependencies(model));
  return { model, diagnostics, objects, declared };
}

type ListName = Exclude<keyof Model, "mesh">;

const LISTS: readonly ListName[] = [
  ...(["workloads", "services", "outsides", "serviceAccounts", "subsets", "routes"] as const),
  ...([
    "referenceGrants",
    "delegates",
    "entries",
    "egressRules",
    "peerRules",
    "faultRules",
    "telemetryRules",
  ] as const),
];

// Lists to which nothing has been added, and of which nothing is gone, stay the same.
function mergeTranslations(
  { all, changed }: DiscoveredObjects,
  defaults: MeshSettings,
  previous: Model | undefined,
): Model {
  const lists = LISTS.map((name): [ListName, unknown] => {
    const known = previous?.[name];
    const isSame = changed?.every(({ translation }) => translation[name] === undefined);
    if (known && isSame) return [name, known];
    const list: unknown[] = [];
    for (const { translation } of all) {
      const own = translation[name];
      if (own) for (const each of own) list.push(each);
    }
    return [name, keepList(known, list)];
  });
  const said = all.find(({ translation }) => translation.mesh)?.translation.mesh;
  const mesh = { ...defaults, ...said };
  const merged = Object.fromEntries(lists) as Omit<Model, "mesh">;
  const isSame = previous && isDeepStrictEqual(previous.mesh, mesh);
  return { mesh: isSame ? previous.mesh : mesh, ...merged };
}

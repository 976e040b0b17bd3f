// From documents of every dialect to one model, with a status for each object.
//
// Pure. An object that an API server would refuse (its fields don't fit) keeps the state that was
// last accepted: the caller hands in what the previous call returned.

import { DEFAULT_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { MeshSettings, Model } from "#ir/model.ts";
import { positionText, refText } from "#ir/origin.ts";
import type { Translation } from "#ir/translation.ts";
import { checkDependencies } from "./check-dependencies.ts";
import { checkLimits } from "./check-limits.ts";
import { type ObjectStatus, objectStatuses, refKey } from "./object-statuses.ts";
import { translatorOf } from "./translators.ts";
import { unreadKind } from "./unread-kind.ts";
import { withSchemaFindings } from "./with-schema-findings.ts";

export type DiscoveryInput = {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
};

export type Discovery = {
  readonly model: Model;
  // Those of the input too.
  readonly diagnostics: readonly Diagnostic[];
  readonly objects: readonly ObjectStatus[];
  // The translations in force, for the next call.
  readonly accepted: ReadonlyMap<string, Translation>;
};

type Entry = { readonly document: Document; readonly translation: Translation };

// `defaults`: what holds of the mesh where no document says otherwise.
export function discover(
  input: DiscoveryInput,
  previous?: Discovery,
  defaults = DEFAULT_MESH_SETTINGS,
): Discovery {
  const diagnostics = [...input.diagnostics];
  const entries = new Map<string, Entry>();
  for (const document of input.documents) {
    const key = refKey(document.origin.ref);
    const first = entries.get(key);
    if (first) diagnostics.push(duplicate(document, first.document));
    else entries.set(key, { document, translation: translate(document, previous, diagnostics) });
  }
  const translations = [...entries.values()].map(({ translation }) => translation);
  const mesh = meshSettings([...entries.values()], diagnostics, defaults);
  const declared = translations.flatMap(({ workloads = [] }) => workloads);
  const checked = checkLimits(mesh, declared, previous?.model);
  diagnostics.push(...checked.diagnostics);
  const model: Model = {
    mesh,
    workloads: checked.workloads,
    services: translations.flatMap(({ services = [] }) => services),
    outsides: translations.flatMap(({ outsides = [] }) => outsides),
    serviceAccounts: translations.flatMap(({ serviceAccounts = [] }) => serviceAccounts),
    subsets: translations.flatMap(({ subsets = [] }) => subsets),
    routes: translations.flatMap(({ routes = [] }) => routes),
    referenceGrants: translations.flatMap(({ referenceGrants = [] }) => referenceGrants),
    delegates: translations.flatMap(({ delegates = [] }) => delegates),
    entries: translations.flatMap(({ entries = [] }) => entries),
    egressRules: translations.flatMap(({ egressRules = [] }) => egressRules),
  };
  diagnostics.push(...checkDependencies(model));
  const accepted = new Map([...entries].map(([key, { translation }]) => [key, translation]));
  const objects = objectStatuses(input.documents, diagnostics);
  return { model, diagnostics, objects, accepted };
}

function translate(
  document: Document,
  previous: Discovery | undefined,
  diagnostics: Diagnostic[],
): Translation {
  const { ref } = document.origin;
  const translator = translatorOf(ref.group, document.kind);
  const version = document.apiVersion.slice(document.apiVersion.indexOf("/") + 1);
  if (!translator?.versions.includes(version)) {
    diagnostics.push(unreadKind(document));
    return { diagnostics: [] };
  }
  const translation = withSchemaFindings(document, translator.translate(document));
  diagnostics.push(...translation.diagnostics);
  const last = previous?.accepted.get(refKey(ref));
  if (!last || !isRefused(translation)) return translation;
  diagnostics.push({
    severity: "info",
    code: "WEFT106",
    message: `The last good state of ${refText(ref)} goes on`,
    remedy: undefined,
    ref,
    field: undefined,
    position: document.origin.position,
  });
  return last;
}

// What Kubernetes would not have let in, so that the old object would still be there.
function isRefused({ diagnostics }: Translation): boolean {
  return diagnostics.some(
    ({ severity, code }) => severity === "error" && (code === "WEFT105" || code === "WEFT106"),
  );
}

function meshSettings(
  entries: readonly Entry[],
  diagnostics: Diagnostic[],
  defaults: MeshSettings,
): MeshSettings {
  const [first, ...others] = entries.filter(({ translation }) => translation.mesh);
  for (const { document } of others) diagnostics.push(duplicate(document, first!.document));
  return { ...defaults, ...first?.translation.mesh };
}

function duplicate({ origin }: Document, first: Document): Diagnostic {
  const { ref, position } = origin;
  const winner = first.origin.position;
  const where = winner ? ` at ${positionText(winner)}` : "";
  return {
    severity: "error",
    code: "WEFT107",
    message: `${refText(ref)} has no effect: ${refText(first.origin.ref)}${where} came first`,
    remedy: "Remove one of them.",
    ref,
    field: undefined,
    position,
  };
}

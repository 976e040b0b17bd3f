// What is in force of each object that documents declare: what its dialect makes of it, or, of one
// that an API server would refuse, what was accepted last.
//
// Documents that are the same as last time are not read again, nor looked at.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import { positionText, refText } from "#ir/origin.ts";
import type { Translation } from "#ir/translation.ts";
import { refKey } from "./object-statuses.ts";
import { translatorOf } from "./translators.ts";
import { unreadKind } from "./unread-kind.ts";
import { withSchemaFindings } from "./with-schema-findings.ts";

export type DiscoveredObject = {
  readonly document: Document;
  readonly key: string;
  readonly translation: Translation; // in force
  readonly diagnostics: readonly Diagnostic[];
};

export type DiscoveredObjects = {
  // One for each document, in their order.
  readonly all: readonly DiscoveredObject[];
  // In force; of two documents for one object, the first.
  readonly byKey: ReadonlyMap<string, DiscoveredObject>;
  // Those that came or went since last time; undefined: it may be any.
  readonly changed: readonly DiscoveredObject[] | undefined;
};

const NOTHING: Translation = { diagnostics: [] };

export function discoverObjects(
  documents: readonly Document[],
  before: DiscoveredObjects | undefined,
): DiscoveredObjects {
  return (before && change(documents, before)) ?? discoverAll(documents, before);
}

function discoverAll(
  documents: readonly Document[],
  before: DiscoveredObjects | undefined,
): DiscoveredObjects {
  const byKey = new Map<string, DiscoveredObject>();
  let mesh: DiscoveredObject | undefined;
  const all = documents.map((document) => {
    const key = refKey(document.origin.ref);
    const first = byKey.get(key);
    if (first) return withoutEffect(document, key, first);
    const object = discoverOne(document, key, before?.byKey.get(key));
    byKey.set(key, object);
    if (object.translation.mesh === undefined) return object;
    // There is one mesh, and one object that configures it.
    if (mesh) return withoutEffect(document, key, mesh, object.diagnostics);
    mesh = object;
    return object;
  });
  return { all, byKey, changed: undefined };
}

// Most often few documents differ, and stand near each other. Undefined where objects would have
// to make way for each other.
function change(
  documents: readonly Document[],
  { all, byKey }: DiscoveredObjects,
): DiscoveredObjects | undefined {
  if (byKey.size < all.length) return undefined;
  const least = Math.min(all.length, documents.length);
  let start = 0;
  while (start < least && all[start]!.document === documents[start]) start++;
  let end = 0;
  while (end < least - start && all.at(-1 - end)!.document === documents.at(-1 - end)) end++;
  const old = all.slice(start, all.length - end);
  const known = new Map(old.map((object) => [object.document, object]));
  const now = documents.slice(start, documents.length - end).map((document) => {
    const key = refKey(document.origin.ref);
    return known.get(document) ?? discoverOne(document, key, byKey.get(key));
  });
  const kept = new Set(now);
  const gone = old.filter((object) => !kept.has(object));
  const came = now.filter(({ document }) => !known.has(document));
  const changed = [...gone, ...came];
  if (changed.some(({ translation }) => translation.mesh)) return undefined;
  const objects = new Map(byKey);
  for (const { key } of gone) objects.delete(key);
  for (const object of came) objects.set(object.key, object);
  if (objects.size < documents.length) return undefined;
  return {
    all: [...all.slice(0, start), ...now, ...all.slice(all.length - end)],
    byKey: objects,
    changed,
  };
}

// `last`: what is in force of the object.
function discoverOne(
  document: Document,
  key: string,
  last: DiscoveredObject | undefined,
): DiscoveredObject {
  if (last?.document === document) return last;
  const translation = translate(document);
  if (!last || !isRefused(translation)) {
    return { document, key, translation, diagnostics: translation.diagnostics };
  }
  const { ref, position } = document.origin;
  const goesOn: Diagnostic = {
    severity: "info",
    code: "WEFT106",
    message: `The last good state of ${refText(ref)} goes on`,
    ...{ remedy: undefined, ref, field: undefined, position },
  };
  const diagnostics = [...translation.diagnostics, goesOn];
  return { document, key, translation: last.translation, diagnostics };
}

function translate(document: Document): Translation {
  const { origin, kind, apiVersion } = document;
  const translator = translatorOf(origin.ref.group, kind);
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  if (!translator?.versions.includes(version)) return { diagnostics: [unreadKind(document)] };
  return withSchemaFindings(document, translator.translate(document));
}

// What Kubernetes would not have let in, so that the old object would still be there.
function isRefused({ diagnostics }: Translation): boolean {
  return diagnostics.some(
    ({ severity, code }) => severity === "error" && (code === "WEFT105" || code === "WEFT106"),
  );
}

function withoutEffect(
  document: Document,
  key: string,
  first: DiscoveredObject,
  own: readonly Diagnostic[] = [],
): DiscoveredObject {
  const diagnostics = [...own, duplicate(document, first.document)];
  return { document, key, translation: NOTHING, diagnostics };
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

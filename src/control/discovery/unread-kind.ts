// What to say about a document of a kind that no dialect reads.

import type { Diagnostic, Severity } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { refText } from "#ir/origin.ts";
import { groupsOfKind, knownKind, knownKinds } from "./known-kinds.ts";
import { translatedKinds, translatorOf } from "./translators.ts";

export function unreadKind(document: Document): Diagnostic {
  const { apiVersion, kind } = document;
  const { ref } = document.origin;
  const translator = translatorOf(ref.group, kind);
  if (translator) {
    const versions = translator.versions.map((version) => apiVersionText(ref.group, version));
    const message = `${kind} is read in ${versions.join(", ")}, not in ${apiVersion}`;
    return unread(document, "error", message, `Set apiVersion: ${versions[0]}.`);
  }
  const known = knownKind(ref.group, kind);
  if (known) {
    const message = `${kind} is known and not supported yet: it has no effect`;
    if (known.restricts) {
      const remedy = "Nobody is refused what it forbids: protect the service in another way.";
      return unread(document, "error", message, remedy);
    }
    const remedy = "Declare the process as a Workload (weft.dev/v1alpha1).";
    return unread(document, "warning", message, known.runsProcesses ? remedy : undefined);
  }
  const message = `${apiVersion} has no kind "${kind}" that is known`;
  return unread(document, "error", message, hint(ref.group, kind));
}

// The same kind in another group, or a name like it.
function hint(group: string, kind: string): string | undefined {
  const kinds = translatedKinds();
  const here = kinds.find((each) => each.endsWith(`/${kind}`));
  if (here !== undefined) {
    const right = here.slice(0, here.indexOf("/"));
    const version = translatorOf(right, kind)?.versions[0] ?? "";
    return `Did you mean apiVersion: ${apiVersionText(right, version)}?`;
  }
  const [other] = groupsOfKind(kind);
  if (other !== undefined) return `Did you mean the group "${other}"?`;
  const all = [...kinds, ...knownKinds()];
  const near = nearestName(`${group}/${kind}`, all);
  if (near !== undefined) return `Did you mean ${near}?`;
  const alike = nearestName(kind, new Set(all.map((each) => each.slice(each.indexOf("/") + 1))));
  return alike === undefined ? undefined : `Did you mean kind: ${alike}?`;
}

function apiVersionText(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

function unread(
  document: Document,
  severity: Severity,
  message: string,
  remedy: string | undefined,
): Diagnostic {
  const { ref } = document.origin;
  const position = document.position(["kind"]);
  const text = `${refText(ref)}: ${message}`;
  return { severity, code: "WEFT103", message: text, remedy, ref, field: "kind", position };
}

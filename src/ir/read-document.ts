// One JSON value, wherever it was found, as a Document: the shape that every Kubernetes object has,
// and no more. Names are checked here, once: they become parts of host names, paths and file names.

import type { Diagnostic, DiagnosticCode } from "./diagnostic.ts";
import type { Document, FieldPath, Json, JsonObject, Labels } from "./document.ts";
import { fieldPathText } from "./field-path.ts";
import { isJsonObject } from "./json-object.ts";
import { jsonText } from "./json-text.ts";
import { nearestName } from "./nearest-name.ts";
import { type ObjectRef, type Position, refText } from "./origin.ts";

export type DocumentPlace = {
  // Of the object and of the fields inside it.
  readonly position: (path: FieldPath) => Position | undefined;
  // For objects that name none.
  readonly namespace: string;
};

export type DocumentReading = {
  readonly document: Document | undefined;
  readonly diagnostics: readonly Diagnostic[];
};

const NAME_MAX = 253;
const LABEL_MAX = 63;
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
// What Kubernetes' ObjectMeta has.
const METADATA =
  "annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers " +
  "generateName generation labels managedFields name namespace ownerReferences resourceVersion " +
  "selfLink uid";
const EXAMPLE = "Every object needs apiVersion, kind and metadata.name.";

export function readDocument(value: Json, place: DocumentPlace): DocumentReading {
  if (!isJsonObject(value)) {
    const message = `Found ${jsonText(value)}, must be an object`;
    return { document: undefined, diagnostics: [shapeless(place, [], message, EXAMPLE)] };
  }
  const metadata = value["metadata"];
  const inner: JsonObject = isJsonObject(metadata) ? metadata : {};
  const problems = shapeProblems(value, inner, place);
  if (problems.length > 0) return { document: undefined, diagnostics: problems };

  const apiVersion = value["apiVersion"] as string;
  const ref: ObjectRef = {
    group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    kind: value["kind"] as string,
    namespace: (inner["namespace"] as string | undefined) ?? place.namespace,
    name: inner["name"] as string,
  };
  const diagnostics: Diagnostic[] = [];
  const spec = value["spec"] ?? {};
  if (!isJsonObject(spec)) diagnostics.push(unfit(place, ref, ["spec"], spec, "an object"));
  diagnostics.push(...unknownMetadata(inner, ref, place));
  const document: Document = {
    ...{ apiVersion, kind: ref.kind, namespace: ref.namespace, name: ref.name },
    labels: textsIn(inner, "labels", ref, place, diagnostics),
    annotations: textsIn(inner, "annotations", ref, place, diagnostics),
    spec: isJsonObject(spec) ? spec : {},
    object: isJsonObject(spec) ? value : { ...value, spec: {} },
    origin: { ref, position: place.position([]) },
    position: place.position,
  };
  return { document, diagnostics };
}

// A label that names a service, a port, a workload: without dots.
export function isDnsLabel(text: string): boolean {
  return text.length <= LABEL_MAX && LABEL.test(text);
}

function shapeProblems(value: JsonObject, metadata: JsonObject, place: DocumentPlace) {
  const problems: Diagnostic[] = [];
  const must = (fits: boolean, path: FieldPath, found: Json | undefined, expected: string) => {
    if (fits) return;
    const message = `Found ${jsonText(found)}, must be ${expected}`;
    problems.push(shapeless(place, path, message, EXAMPLE));
  };
  const { apiVersion, kind } = value;
  must(
    isFilled(apiVersion),
    ["apiVersion"],
    apiVersion,
    'text such as "v1" or "weft.dev/v1alpha1"',
  );
  must(isFilled(kind), ["kind"], kind, 'text such as "Service"');
  const { name, namespace } = metadata;
  const isName = typeof name === "string" && name.length <= NAME_MAX && NAME.test(name);
  must(isName, ["metadata", "name"], name, "lower-case letters, digits, dashes and dots");
  const isSpace = namespace === undefined || namespace === null;
  const fits = isSpace || (typeof namespace === "string" && isDnsLabel(namespace));
  must(fits, ["metadata", "namespace"], namespace, "lower-case letters, digits and dashes");
  return problems;
}

function isFilled(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function textsIn(
  metadata: JsonObject,
  name: string,
  ref: ObjectRef,
  place: DocumentPlace,
  diagnostics: Diagnostic[],
): Labels {
  const texts = new Map<string, string>();
  const value = metadata[name] ?? {};
  if (!isJsonObject(value)) {
    diagnostics.push(unfit(place, ref, ["metadata", name], value, "a map from names to texts"));
    return texts;
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === "string") texts.set(key, text);
    else diagnostics.push(unfit(place, ref, ["metadata", name, key], text, "text", "Quote it."));
  }
  return texts;
}

function unknownMetadata(inner: JsonObject, ref: ObjectRef, place: DocumentPlace): Diagnostic[] {
  const known = METADATA.split(" ");
  const unknown = Object.keys(inner).filter((name) => !known.includes(name));
  return unknown.map((name) => {
    const near = nearestName(name, known);
    const remedy = near === undefined ? undefined : `Did you mean "${near}"?`;
    const message = `"${name}" is no field of metadata`;
    return found(place, ref, ["metadata", name], "WEFT105", message, remedy);
  });
}

function shapeless(
  place: DocumentPlace,
  path: FieldPath,
  message: string,
  remedy: string,
): Diagnostic {
  return found(place, undefined, path, "WEFT102", message, remedy);
}

function unfit(
  place: DocumentPlace,
  ref: ObjectRef,
  path: FieldPath,
  value: Json | undefined,
  expected: string,
  remedy?: string,
): Diagnostic {
  const message = `Found ${jsonText(value)}, must be ${expected}`;
  return found(place, ref, path, "WEFT106", message, remedy);
}

function found(
  place: DocumentPlace,
  ref: ObjectRef | undefined,
  path: FieldPath,
  code: DiagnosticCode,
  message: string,
  remedy: string | undefined,
): Diagnostic {
  const field = path.length === 0 ? undefined : fieldPathText(path);
  const text = ref ? `${refText(ref)}: ${message}` : message;
  const position = place.position(path);
  return { severity: "error", code, message: text, remedy, ref, field, position };
}

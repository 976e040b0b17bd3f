// The values of an installation: the defaults, under the profile's, under those of files, under
// those of --set. Each layer is held against the schema by itself, so that a mistake is told where
// it was made.

import { parseDocument } from "yaml";
import { compileStructureCheck } from "#control/schemas/check-structure.ts";
import type { CrdSchema } from "#control/schemas/crd-schema.ts";
import type { FieldPath, Json, JsonObject } from "#ir/document.ts";
import { defaultValues, PROFILE_VALUES, type Profile } from "./default-values.ts";
import { isMap, mergeValues } from "./merge-values.ts";
import { parseSet } from "./parse-set.ts";
import { VALUES_SCHEMA } from "./values-schema.ts";

export type ValueSources = {
  readonly version: string; // of Weft
  readonly profile: Profile;
  // What an upgrade keeps.
  readonly kept: JsonObject;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly sets: readonly string[];
};

export type ReadValues =
  | {
      readonly kind: "ok";
      readonly values: JsonObject; // all
      readonly chosen: JsonObject; // without the defaults and the profile's
    }
  | { readonly kind: "invalid"; readonly messages: readonly string[] };

type Layer = { readonly values: JsonObject; readonly messages: readonly string[] };

export function readValues(sources: ValueSources): ReadValues {
  const layers = [
    { values: sources.kept, messages: [] },
    ...sources.files.map(({ path, text }) => readFile(path, text)),
    ...sources.sets.map(readSet),
  ];
  const messages = layers.flatMap((layer) => layer.messages);
  if (messages.length > 0) return { kind: "invalid", messages };
  const chosen = layers.reduce<JsonObject>((all, layer) => mergeValues(all, layer.values), {});
  const base = mergeValues(defaultValues(sources.version), PROFILE_VALUES[sources.profile]);
  return { kind: "ok", values: mergeValues(base, chosen), chosen };
}

function readFile(path: string, text: string): Layer {
  const document = parseDocument(text);
  const [error] = document.errors;
  const values: Json = error ? null : (document.toJS({ maxAliasCount: 0 }) as Json);
  if (error) return refused(`Cannot read ${path}: ${error.message.split("\n", 1)[0]}`);
  if (values === null) return { values: {}, messages: [] };
  if (!isMap(values)) return refused(`Cannot read ${path}: must be a map such as "control: {...}"`);
  return checked(values, `in ${path}`);
}

function readSet(text: string): Layer {
  const parsed = parseSet(text);
  return parsed.kind === "ok" ? checked(parsed.values, `--set ${text}`) : refused(parsed.message);
}

function checked(values: JsonObject, where: string): Layer {
  // Both are schemas as CRDs have them.
  const check = compileStructureCheck(VALUES_SCHEMA as CrdSchema);
  const messages = check(values).map(({ path, message, remedy }) => {
    const hint = remedy === undefined ? "" : `. ${remedy}`;
    return `Cannot take the value ${pathText(path)} (${where}): ${message}${hint}`;
  });
  return { values, messages };
}

function refused(message: string): Layer {
  return { values: {}, messages: [message] };
}

function pathText(path: FieldPath): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`))
    .join("");
}

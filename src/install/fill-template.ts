// Fills a manifest's holes with values.

import type { Json, JsonObject } from "#ir/document.ts";
import { Hole, type Manifest, type Template } from "./template.ts";

// Those that the values want, filled.
export function fillManifests(
  manifests: readonly Manifest[],
  values: JsonObject,
): readonly JsonObject[] {
  return manifests
    .filter(({ when }) => when === undefined || !isEmpty(valueAt(values, when)))
    .map(({ object }) => fillTemplate(object, values) as JsonObject);
}

function fillTemplate(template: Template, values: JsonObject): Json {
  if (template instanceof Hole) return fillHole(template, values);
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, values));
  if (typeof template !== "object" || template === null) return template as Json;
  const entries = Object.entries(template).filter(
    ([, item]) => !isOptional(item) || !isEmpty(valueAt(values, item.paths[0]!)),
  );
  return Object.fromEntries(entries.map(([name, item]) => [name, fillTemplate(item, values)]));
}

function fillHole({ use, paths, between }: Hole, values: JsonObject): Json {
  const found = paths.map((path) => valueAt(values, path));
  switch (use) {
    case "value":
    case "optional":
      return found[0]!;
    case "json":
      return JSON.stringify(found[0]);
    case "join":
      return found.join(between);
  }
}

function isOptional(template: Template): template is Hole {
  return template instanceof Hole && template.use === "optional";
}

function valueAt(values: JsonObject, path: string): Json {
  let value: Json | undefined = values;
  for (const name of path.split(".")) value = (value as JsonObject)[name];
  if (value === undefined) throw new Error(`No value is at ${path}`);
  return value;
}

// As Helm's `if` sees it.
function isEmpty(value: Json): boolean {
  if (typeof value !== "object" || value === null) return !value;
  return Object.keys(value).length === 0;
}

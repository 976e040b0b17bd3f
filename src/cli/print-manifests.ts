// Objects for kubectl: YAML documents, or one List in JSON.

import type { JsonObject } from "#ir/document.ts";
import type { Surroundings } from "./surroundings.ts";

export async function printManifests(
  { out }: Surroundings,
  objects: readonly JsonObject[],
  { output }: { readonly output: "yaml" | "json" },
): Promise<void> {
  if (output === "json") {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    return out(`${JSON.stringify(list, null, 2)}\n`);
  }
  const { manifestText } = await import("#install/manifest-text.ts");
  for (const object of objects) out(`---\n${manifestText(object)}`);
}

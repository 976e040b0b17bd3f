// What an installation remembers of itself, in the ConfigMap weft-config: where an upgrade begins.

import type { JsonObject } from "#ir/document.ts";
import { PROFILES, type Profile } from "./default-values.ts";
import { isMap } from "./merge-values.ts";
import { LABELS, NAMES } from "./names.ts";
import type { Manifest } from "./template.ts";

export type StoredConfig = {
  readonly version: string; // of Weft
  readonly installedBy: "weft" | "helm"; // who keeps the values
  readonly profile: Profile;
  readonly chosen: JsonObject; // values that aren't the profile's or the defaults
};

export function configManifest({ version, installedBy, profile, chosen }: StoredConfig): Manifest {
  const metadata = { name: NAMES.config, namespace: NAMES.namespace, labels: LABELS };
  const values = JSON.stringify(chosen);
  const data = { version, installedBy, ...(installedBy === "weft" && { profile, values }) };
  return { object: { apiVersion: "v1", kind: "ConfigMap", metadata, data } };
}

// Of the ConfigMap as the API server has it. Undefined where it can't be read.
export function storedConfig(configMap: JsonObject): StoredConfig | undefined {
  const data = isMap(configMap["data"]) ? configMap["data"] : {};
  const { version, installedBy, values = "{}" } = data;
  const profile = PROFILES.find((each) => each === (data["profile"] ?? "default"));
  const isKnown = installedBy === "weft" || installedBy === "helm";
  const chosen = typeof values === "string" ? parsed(values) : undefined;
  if (typeof version !== "string" || !isKnown || !profile || !chosen) return undefined;
  return { version, installedBy, profile, chosen };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// The objects of an installation, complete and in order, for given values.

import type { JsonObject } from "#ir/document.ts";
import type { Profile } from "./default-values.ts";
import { fillManifests } from "./fill-template.ts";
import { controlManifests, gatewayApiCrds, namespaceManifest } from "./manifests.ts";
import { configManifest } from "./stored-config.ts";
import { weftCrds } from "./weft-crds.ts";

export type Parts = {
  readonly weftCrds: boolean;
  readonly gatewayApiCrds: boolean;
  readonly controlPlane: boolean;
};

export type Choice = {
  readonly version: string; // of Weft
  readonly profile: Profile;
  readonly values: JsonObject;
  readonly chosen: JsonObject;
  readonly parts: Parts;
};

export function installation(choice: Choice): readonly JsonObject[] {
  const { version, profile, values, chosen, parts } = choice;
  const config = configManifest({ version, installedBy: "weft", profile, chosen });
  return [
    ...(parts.controlPlane ? fillManifests([namespaceManifest()], values) : []),
    ...(parts.gatewayApiCrds ? gatewayApiCrds() : []),
    ...(parts.weftCrds ? fillManifests(weftCrds(), values) : []),
    ...(parts.controlPlane ? fillManifests([config, ...controlManifests()], values) : []),
  ];
}

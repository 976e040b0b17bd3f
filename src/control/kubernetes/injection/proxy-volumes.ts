// What the proxy has on disk: its state in memory, so that keys never reach one, and what it shows
// the control plane to get its first certificate.

import type { JsonObject } from "#ir/document.ts";
import { NAMES } from "./names.ts";

const TOKEN_LIFE_S = 3600;

export function proxyVolumes(): readonly JsonObject[] {
  const { stateVolume, tokenVolume, trustConfigMap, trustKey } = NAMES;
  const token = { audience: "weft.dev", expirationSeconds: TOKEN_LIFE_S, path: "token" };
  const roots = { name: trustConfigMap, items: [{ key: trustKey, path: trustKey }] };
  return [
    { name: stateVolume, emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
    {
      name: tokenVolume,
      projected: { sources: [{ serviceAccountToken: token }, { configMap: roots }] },
    },
  ];
}

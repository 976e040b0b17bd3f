// Brings what Weft is measured beside: HAProxy, nginx and OpenSSL of the system, Envoy in a cache
// folder outside the checkout.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const TOOLS = join(import.meta.dirname, "..", "tools");

export type SetUp = { readonly envoy: string };

// Undefined: something is missing, which the scripts have said.
export function setUpPeers(): SetUp | undefined {
  if (script("setup-peers.sh") === undefined) return undefined;
  const envoy = script("install-envoy.sh");
  return envoy === undefined ? undefined : { envoy };
}

function script(name: string): string | undefined {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const { status, stdout } = spawnSync("sh", [join(TOOLS, name)], {
    encoding: "utf8",
    stdio: [...stdio],
  });
  return status === 0 ? stdout.trim() : undefined;
}

// Brings what Weft is measured beside: HAProxy, nginx and OpenSSL of the system, Envoy in a cache
// folder outside the checkout.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const TOOLS = join(import.meta.dirname, "..", "tools");

export type SetUp = { readonly envoy: { readonly program: string; readonly version: string } };

// Undefined: something is missing, which the scripts have said.
export function setUpPeers(): SetUp | undefined {
  if (script("setup-peers.sh") === undefined) return undefined;
  const program = script("install-envoy.sh");
  if (program === undefined) return undefined;
  const said = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout;
  return { envoy: { program, version: /\/(\d[\d.]*)\//.exec(said)?.[1] ?? "unknown" } };
}

function script(name: string): string | undefined {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const { status, stdout } = spawnSync("sh", [join(TOOLS, name)], {
    encoding: "utf8",
    stdio: [...stdio],
  });
  return status === 0 ? stdout.trim() : undefined;
}

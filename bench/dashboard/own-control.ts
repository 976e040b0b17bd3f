// The control plane of a mesh on one machine, as `weft up` starts it, without anything else of it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import { MESH_FILES } from "#api/mesh-file.ts";
import { type AskedMesh, askMesh } from "#cli/ask-mesh.ts";
import { bindControl } from "#local/control-listeners.ts";
import { ownExecutables } from "#local/executables.ts";
import { listenOn } from "#local/listener.ts";
import { packageVersion } from "#local/package-root.ts";
import { runtimeEnvironment } from "#local/runtime-environment.ts";
import type { ControlBootstrap } from "#main/bootstrap.ts";
import type { Child, Children } from "../children.ts";
import { childFailure } from "../subject.ts";

export type OwnControl = {
  readonly child: Child;
  readonly mesh: AskedMesh;
  readonly proxies: { readonly address: string; readonly port: number };
};

const READY_MS = 60_000;
const LOOK_MS = 100;
const FIRST_DESCRIPTOR = 4;

export async function startOwnControl(
  children: Children,
  documents: string,
  stateFolder: string,
): Promise<OwnControl> {
  const binding = bindControl(0);
  if (binding.kind === "failed") throw new Error(binding.sentence);
  const { proxies, admin } = binding.listeners;
  const inherited = new Map(
    Object.entries(process.env).map(([name, value]) => [name, value ?? ""]),
  );
  const environment = runtimeEnvironment(inherited, join(stateFolder, "compiled"));
  const child = children.start(
    "control",
    ownExecutables().control,
    Object.fromEntries(environment),
    [proxies.descriptor, admin.descriptor],
  );
  const bootstrap: ControlBootstrap = {
    ...{ version: packageVersion(), documents, stateFolder },
    proxies: listenOn(proxies, FIRST_DESCRIPTOR),
    admin: listenOn(admin, FIRST_DESCRIPTOR + 1),
  };
  child.say(bootstrap);
  const adminUrl = `http://${admin.address}:${admin.port}`;
  const mesh = await untilReady(child, adminUrl, join(stateFolder, MESH_FILES.writeToken));
  return { child, mesh, proxies: { address: proxies.address, port: proxies.port } };
}

async function untilReady(child: Child, adminUrl: string, tokenPath: string): Promise<AskedMesh> {
  for (let waitedMs = 0; waitedMs < READY_MS && child.isRunning; waitedMs += LOOK_MS) {
    await wait(LOOK_MS);
    try {
      const mesh = { adminUrl, token: readFileSync(tokenPath, "utf8").trim() };
      const answer = await askMesh(mesh, { path: ADMIN_PATHS.status });
      if (answer.kind === "ok") return mesh;
    } catch {
      // No token yet.
    }
  }
  throw childFailure("The control plane did not start", child);
}

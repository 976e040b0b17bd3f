// A gateway as processes of its own in front of a small mesh, as a supervisor runs it, but from the
// sources.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemFiles } from "#base/file-system.ts";
import { GatewayProcess } from "#local/gateway-process.ts";
import { bindListener, type Listener } from "#local/listener.ts";
import { PACKAGE_ROOT } from "#local/package-root.ts";
import type { Admission } from "#local/sidecar.ts";
import { StateFolder } from "#local/state-folder.ts";
import { workshopFor } from "#local/workshop-for.ts";
import { OWN_ADDRESS } from "./free-port.ts";
import type { SmallMesh } from "./small-mesh.ts";
import type { Cleanup } from "./whole-file.ts";

const WORKLOAD = { namespace: "shop", name: "edge" };
const EXECUTABLES = {
  control: [],
  proxy: [process.execPath, join(PACKAGE_ROOT, "src", "main", "proxy.ts")],
};

export type GatewayProcesses = {
  readonly gateway: GatewayProcess;
  // What a person would have read.
  readonly notes: readonly string[];
};

export function gatewayProcesses(t: Cleanup, { control }: SmallMesh): GatewayProcesses {
  const folder = mkdtempSync(join(tmpdir(), "weft-gateway-"));
  const notes: string[] = [];
  const state = new StateFolder(systemFiles, folder);
  state.make();
  const metrics = bind();
  const health = bind();
  const admission = async (): Promise<Admission> => {
    const issue = control.tokens.issue({ ...WORKLOAD, workload: "edge", serviceAccount: "edge" });
    assert.ok(issue.kind === "issued", JSON.stringify(issue));
    return {
      control: control.settings.proxies,
      controlIdentity: control.controlIdentity,
      trust: control.authority.trust,
      token: issue.token,
    };
  };
  const gateway = new GatewayProcess(
    {
      workload: WORKLOAD,
      identity: "spiffe://mesh.local/ns/shop/sa/edge",
      stateFolder: state.makeProxyFolder("shop.edge"),
      ...{ metrics, health, admission },
    },
    workshopFor(state, (sentence) => void notes.push(sentence), EXECUTABLES),
  );
  t.after(async () => {
    await gateway.stop();
    metrics.close();
    health.close();
    rmSync(folder, { recursive: true });
  });
  return { gateway, notes };
}

function bind(): Listener {
  const result = bindListener(OWN_ADDRESS, 0);
  assert.ok(result.kind === "bound");
  return result.listener;
}

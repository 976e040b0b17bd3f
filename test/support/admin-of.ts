// The admin API of a control plane in the test's process, and a folder that the command line finds
// it by.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { jsonLog } from "#base/log.ts";
import { AdminApi } from "#control/admin/admin-api.ts";
import { AdminTokens } from "#control/admin/admin-tokens.ts";
import { newSecret } from "#control/admin/new-secret.ts";
import { adminBackend } from "#control/plane/admin-backend.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";

export type RunningAdminApi = {
  readonly folder: string; // for --mesh
  readonly lines: string[]; // of its log
};

export async function adminOf(t: TestContext, control: ControlPlane): Promise<RunningAdminApi> {
  const lines: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "weft-admin-"));
  mkdirSync(join(folder, ".weft"));
  const admin = new AdminApi(adminBackend(control), {
    clock: systemClock,
    log: jsonLog((line) => lines.push(line), systemClock, "control"),
    newSecret,
    tokens: AdminTokens.inFolder(systemFiles, join(folder, ".weft"), newSecret),
    dashboard: new Map(),
  });
  const { address, port } = await admin.listen({ address: "127.0.0.1", port: 0 });
  const mesh = { pid: process.pid, adminUrl: `http://${address}:${port}` };
  writeFileSync(join(folder, ".weft", "mesh.json"), JSON.stringify(mesh));
  t.after(async () => {
    await admin.close();
    systemFiles.remove(folder);
  });
  return { folder, lines };
}

// The built dashboard, served by the real admin API over a sample bookshop that has traffic.

import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { HistoryAnswer } from "#api/history.ts";
import type { MeshView } from "#api/mesh-view.ts";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import type { AdminApi } from "#control/admin/admin-api.ts";
import type { AdminBackend } from "#control/admin/admin-backend.ts";
import { ask, newApi } from "#control/admin/admin-fixture.ts";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";

export const DASHBOARD_FOLDER = "dist/dashboard";

export type ServedDashboard = {
  readonly port: number;
  readonly url: string;
  // "http://127.0.0.1:.../login?code=...", good once.
  newLink(): Promise<string>;
  stop(): Promise<void>;
  // At the same port again; with new tokens nobody's session holds any more.
  start(options?: { readonly withNewTokens: boolean }): Promise<void>;
};

// `more`: what the sample lacks.
export async function serveDashboard(
  t: TestContext,
  more: Partial<AdminBackend> = {},
): Promise<ServedDashboard> {
  const folder = mkdtempSync(join(tmpdir(), "weft-dashboard-"));
  cpSync(DASHBOARD_FOLDER, join(folder, "dashboard"), { recursive: true });
  let api: AdminApi | undefined = newApi(systemClock, folder, { ...bookshop(), ...more });
  const { port } = await api.listen({ address: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${port}`;
  const served: ServedDashboard = {
    port,
    url,
    newLink: async () => {
      const token = readFileSync(join(folder, "admin-token"), "utf8").trim();
      const told = await ask(port, ADMIN_PATHS.loginCodes, { method: "POST", token, body: {} });
      return url + JSON.parse(told.body).path;
    },
    stop: async () => {
      await api?.close();
      api = undefined;
    },
    start: async ({ withNewTokens } = { withNewTokens: false }) => {
      if (withNewTokens) systemFiles.remove(join(folder, "admin-token"));
      api = newApi(systemClock, folder, { ...bookshop(), ...more });
      await api.listen({ address: "127.0.0.1", port });
    },
  };
  t.after(async () => {
    await served.stop();
    systemFiles.remove(folder);
  });
  return served;
}

// A second of the sample for each of the clock's.
function bookshop(): Partial<AdminBackend> {
  const startMs = systemClock.nowMs();
  const view = (): MeshView =>
    bookshopView(Math.floor((systemClock.nowMs() - startMs) / 1000) + 100);
  return {
    status: () => view().status,
    workloads: () => view().workloads,
    stat: () => view().stat,
    edges: () => view().edges,
    routes: () => view().routes,
    diagnostics: () => view().diagnostics,
    // Of a mesh that has just begun to keep one.
    history: async () => ({ kind: "ok", value: EMPTY_HISTORY }),
  };
}

const EMPTY_HISTORY: HistoryAnswer = {
  ...{ fromMs: 0, toMs: 0, slotMs: 1_000, stepMs: 1_000, sinceMs: null, notice: null },
  ...{ at: [], lines: [], linesLeftOut: 0 },
};

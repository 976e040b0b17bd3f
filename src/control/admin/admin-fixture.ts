// An admin API on a free port, over a backend with fixed answers, to ask for real.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { MeshStatus } from "#api/mesh-status.ts";
import type { Clock } from "#base/clock.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { AdminApi, type AdminApiOptions } from "./admin-api.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { AdminTokens } from "./admin-tokens.ts";
import { newSecret } from "./new-secret.ts";
import { readStaticFiles } from "./static-files.ts";

export type Told = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Asked = {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type RunningAdmin = {
  readonly api: AdminApi;
  readonly clock: FakeClock;
  readonly folder: string;
  readonly port: number;
  readonly write: string;
  readonly read: string;
  ask(path: string, asked?: Asked): Promise<Told>;
};

export async function startAdmin(
  t: TestContext,
  backend: Partial<AdminBackend> = {},
  more: Pick<AdminApiOptions, "isForwarded"> = {},
): Promise<RunningAdmin> {
  const folder = mkdtempSync(join(tmpdir(), "weft-admin-"));
  mkdirSync(join(folder, "dashboard", "assets"), { recursive: true });
  writeFileSync(join(folder, "dashboard", "index.html"), "<h1>Weft</h1>");
  writeFileSync(join(folder, "dashboard", "assets", "main.js"), "// main");
  const clock = new FakeClock();
  const api = newApi(clock, folder, backend, more);
  t.after(async () => {
    await api.close();
    systemFiles.remove(folder);
  });
  const { port } = await api.listen({ address: "127.0.0.1", port: 0 });
  const tokenIn = (name: string) => readFileSync(join(folder, name), "utf8").trim();
  return {
    api,
    clock,
    folder,
    port,
    write: tokenIn("admin-token"),
    read: tokenIn("read-token"),
    ask: (path, asked) => ask(port, path, asked),
  };
}

export function newApi(
  clock: Clock,
  folder: string,
  backend: Partial<AdminBackend>,
  more: Pick<AdminApiOptions, "isForwarded"> = {},
): AdminApi {
  return new AdminApi(
    { ...EMPTY, ...backend },
    {
      clock,
      log: silentLog,
      newSecret,
      tokens: AdminTokens.inFolder(systemFiles, folder, newSecret),
      dashboard: readStaticFiles(join(folder, "dashboard")),
      ...more,
    },
  );
}

// By hand, as fetch lets nobody choose the Host header.
export function ask(port: number, path: string, asked: Asked = {}): Promise<Told> {
  const { method = "GET", token, headers, body } = asked;
  const sent = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const agent = new Agent();
    const asking = request(
      { host: "127.0.0.1", port, path, method, headers: sent, agent },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("end", () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: text }),
        );
      },
    );
    asking.on("error", reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const STATUS: MeshStatus = {
  name: "bookshop",
  trustDomain: "mesh.local",
  version: "0.1.0",
  startedAtMs: 0,
  uptimeMs: 1000,
  revision: 7,
  workloads: { declared: 2, meshed: 2, ready: 2 },
  proxyVersions: [{ version: "0.1.0", count: 2 }],
  diagnostics: { errors: 0, warnings: 0 },
};

const REFUSED = {
  kind: "error",
  error: { code: "refused", message: "Cannot do it here", remedy: null },
} as const;

const EMPTY: AdminBackend = {
  status: () => STATUS,
  proxies: () => [],
  workloads: () => [],
  stat: () => [],
  edges: () => [],
  routes: () => [],
  top: () => [],
  history: async () => REFUSED,
  objects: () => [],
  diagnostics: () => [],
  analysis: () => [],
  check: async () => ({ categories: [] }),
  troubles: () => [],
  changes: () => [],
  unmeshed: () => [],
  explain: async () => REFUSED,
  explainPast: async () => REFUSED,
  documents: {
    all: () => ({ isEditable: true, remedy: null, files: [], history: [] }),
    edit: async () => REFUSED,
    fault: async () => REFUSED,
    preview: async () => REFUSED,
    apply: async () => REFUSED,
    rollback: async () => REFUSED,
  },
  service: () => REFUSED,
  tap: () => ({ kind: "full" }),
  join: async () => REFUSED,
  leave: async () => ({ kind: "ok", value: { hasLeft: true } }),
};

// Asks the admin API of a mesh.
//
// Over node:http, not fetch: it loads in a fraction of the time, and an agent of its own heeds no
// http_proxy, which inside a workload points at the sidecar.

import { Agent, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import { LIMITS } from "#base/limits.ts";

export type AskedMesh = {
  readonly adminUrl: string;
  readonly token: string;
  readonly readToken?: string; // for what changes nothing; absent: the other one
  readonly pid?: number; // of `weft up`
  // In a cluster, where its URL leads nowhere from here.
  readonly inCluster?: {
    readonly name: string; // "weft-system/weft-control-7d9 in context kind"
    readonly replicas: number; // of the control plane that are ready; one of them is asked
    // A connection to its admin port. Rejects with a sentence.
    connect(): Promise<Duplex>;
  };
};

export type Question = {
  readonly path: string;
  // Those that are undefined are left out.
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown; // makes it a POST
};

export async function askMesh<Value>(mesh: AskedMesh, question: Question): Promise<Answer<Value>> {
  const { path, query = {}, body } = question;
  const url = new URL(path, mesh.adminUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const text = body === undefined ? undefined : JSON.stringify(body);
  const isReading = body === undefined || path === ADMIN_PATHS.explain;
  const headers = {
    authorization: `Bearer ${isReading ? (mesh.readToken ?? mesh.token) : mesh.token}`,
    ...(text === undefined ? {} : { "content-type": "application/json" }),
  };
  const method = text === undefined ? "GET" : "POST";
  const way = await openPath(mesh);
  if (way.kind === "error") return way;
  return new Promise((resolve) => {
    const asking = request(url, { method, headers, ...way.value.options, timeout: TIMEOUT_MS });
    const give = (answer: Answer<Value>) => {
      way.value.close();
      resolve(answer);
    };
    asking.on("timeout", () => asking.destroy(new Error("no answer in time")));
    asking.on("error", (error) => give(unreachable(mesh, reasonOf(error))));
    asking.on("response", (answer) => collect(answer, mesh, give));
    asking.end(text);
  });
}

export type AskingPath = {
  readonly options: { readonly agent: Agent } | { readonly createConnection: () => Duplex };
  close(): void;
};

// How one exchange gets to a mesh.
export async function openPath({ inCluster, ...mesh }: AskedMesh): Promise<Answer<AskingPath>> {
  if (!inCluster) {
    const agent = new Agent();
    return { kind: "ok", value: { options: { agent }, close: () => agent.destroy() } };
  }
  try {
    const stream = await inCluster.connect();
    const value = { options: { createConnection: () => stream }, close: () => stream.destroy() };
    return { kind: "ok", value };
  } catch (error) {
    return unreachable({ ...mesh, inCluster }, reasonOf(error as Error));
  }
}

const TIMEOUT_MS = LIMITS.adminRequestTimeoutMs;

function collect<Value>(
  answer: IncomingMessage,
  mesh: AskedMesh,
  give: (answer: Answer<Value>) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > LIMITS.adminAnswerBytesMax) answer.destroy(new Error("the answer is too large"));
  });
  answer.on("error", (error) => give(unreachable(mesh, reasonOf(error))));
  answer.on("end", () => give(read(Buffer.concat(chunks).toString("utf8"), answer, mesh)));
}

function read<Value>(text: string, answer: IncomingMessage, mesh: AskedMesh): Answer<Value> {
  try {
    const value: unknown = JSON.parse(text);
    if (answer.statusCode === 200) return { kind: "ok", value: value as Value };
    return { kind: "error", error: value as ApiError };
  } catch {
    return unreachable(mesh, `what answers there (${answer.statusCode}) isn't a mesh`);
  }
}

function unreachable(mesh: AskedMesh, reason: string): Answer<never> {
  const message = `Cannot reach the mesh at ${placeOf(mesh)}: ${reason}`;
  const remedy = mesh.inCluster
    ? "See `kubectl get pods -n weft-system`, and `weft check`"
    : "See whether `weft up` still runs, and start it again if not";
  return { kind: "error", error: { code: "unavailable", message, remedy } };
}

export function placeOf({ adminUrl, pid, inCluster }: AskedMesh): string {
  return inCluster?.name ?? `${adminUrl}${pid === undefined ? "" : ` (pid ${pid})`}`;
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNREFUSED" ? "connection refused" : error.message || (code ?? "failed");
}

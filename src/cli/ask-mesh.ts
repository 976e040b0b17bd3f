// Asks the admin API of a mesh.
//
// Over node:http, not fetch: it loads in a fraction of the time, and an agent of its own heeds no
// http_proxy, which inside a workload points at the sidecar.

import { Agent, type IncomingMessage, request } from "node:http";
import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import { LIMITS } from "#base/limits.ts";
import type { FoundMesh } from "./find-mesh.ts";

export type Question = {
  readonly path: string;
  // Those that are undefined are left out.
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown; // makes it a POST
};

export function askMesh<Value>(mesh: FoundMesh, question: Question): Promise<Answer<Value>> {
  const { path, query = {}, body } = question;
  const url = new URL(path, mesh.adminUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${mesh.token}`,
    ...(text === undefined ? {} : { "content-type": "application/json" }),
  };
  const method = text === undefined ? "GET" : "POST";
  return new Promise((resolve) => {
    const agent = new Agent();
    const asking = request(url, { method, headers, agent, timeout: TIMEOUT_MS });
    const give = (answer: Answer<Value>) => {
      agent.destroy();
      resolve(answer);
    };
    asking.on("timeout", () => asking.destroy(new Error("no answer in time")));
    asking.on("error", (error) => give(unreachable(mesh, reasonOf(error))));
    asking.on("response", (answer) => collect(answer, mesh, give));
    asking.end(text);
  });
}

const TIMEOUT_MS = LIMITS.adminRequestTimeoutMs;

function collect<Value>(
  answer: IncomingMessage,
  mesh: FoundMesh,
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

function read<Value>(text: string, answer: IncomingMessage, mesh: FoundMesh): Answer<Value> {
  try {
    const value: unknown = JSON.parse(text);
    if (answer.statusCode === 200) return { kind: "ok", value: value as Value };
    return { kind: "error", error: value as ApiError };
  } catch {
    return unreachable(mesh, `what answers there (${answer.statusCode}) isn't a mesh`);
  }
}

function unreachable(mesh: FoundMesh, reason: string): Answer<never> {
  const message = `Cannot reach the mesh at ${mesh.adminUrl} (pid ${mesh.pid}): ${reason}`;
  const remedy = "See whether `weft up` still runs, and start it again if not";
  return { kind: "error", error: { code: "unavailable", message, remedy } };
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNREFUSED" ? "connection refused" : error.message || (code ?? "failed");
}

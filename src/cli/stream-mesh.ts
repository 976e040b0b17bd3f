// Asks the admin API for what happens from now on: server-sent events, until somebody ends it.

import { type IncomingMessage, request } from "node:http";
import type { ApiError } from "#api/api-error.ts";
import { LIMITS } from "#base/limits.ts";
import { type AskedMesh, openPath, placeOf } from "./ask-mesh.ts";

export type StreamQuestion = {
  readonly path: string;
  readonly body: unknown;
  readonly needsWrite?: boolean; // the role that it takes
};

export type ServerEvent = { readonly name: string; readonly data: string };

// Resolves when the stream is over, with what was wrong if anything was. `signal` ends it well.
export async function streamMesh(
  mesh: AskedMesh,
  { path, body, needsWrite = false }: StreamQuestion,
  signal: AbortSignal,
  each: (event: ServerEvent) => void,
): Promise<ApiError | undefined> {
  const headers = {
    authorization: `Bearer ${needsWrite ? mesh.token : (mesh.readToken ?? mesh.token)}`,
    "content-type": "application/json",
  };
  const way = await openPath(mesh);
  if (way.kind === "error") return way.error;
  const { options, close } = way.value;
  // While the way was opened.
  if (signal.aborted) {
    close();
    return undefined;
  }
  return new Promise<ApiError | undefined>((resolve) => {
    const asking = request(new URL(path, mesh.adminUrl), { method: "POST", headers, ...options });
    signal.addEventListener("abort", () => {
      resolve(undefined);
      asking.destroy();
    });
    asking.on("error", (error) => resolve(broken(mesh, error.message)));
    asking.on("response", (answer) => {
      if (answer.statusCode === 200) return readEvents(answer, mesh, each, resolve);
      readError(answer, mesh, resolve);
    });
    asking.end(JSON.stringify(body));
  }).finally(close);
}

function readEvents(
  answer: IncomingMessage,
  mesh: AskedMesh,
  each: (event: ServerEvent) => void,
  over: (error: ApiError | undefined) => void,
): void {
  let rest = "";
  answer.setEncoding("utf8");
  answer.on("data", (chunk: string) => {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop()!;
    if (rest.length > LIMITS.adminAnswerBytesMax)
      answer.destroy(new Error("an event is too large"));
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event) each(event);
    }
  });
  answer.on("error", (error) => over(broken(mesh, error.message)));
  answer.on("end", () => over(broken(mesh, "it has ended the stream")));
}

// Undefined: a comment.
function parseEvent(block: string): ServerEvent | undefined {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice("event: ".length);
    else if (line.startsWith("data: ")) data.push(line.slice("data: ".length));
  }
  return data.length === 0 ? undefined : { name, data: data.join("\n") };
}

function readError(
  answer: IncomingMessage,
  mesh: AskedMesh,
  over: (error: ApiError) => void,
): void {
  let text = "";
  answer.setEncoding("utf8");
  answer.on("data", (chunk: string) => {
    if (text.length < LIMITS.adminBodyBytesMax) text += chunk;
  });
  answer.on("error", (error) => over(broken(mesh, error.message)));
  answer.on("end", () => {
    try {
      over(JSON.parse(text) as ApiError);
    } catch {
      over(broken(mesh, `what answers there (${answer.statusCode}) isn't a mesh`));
    }
  });
}

function broken(mesh: AskedMesh, reason: string): ApiError {
  const message = `Cannot watch the mesh at ${placeOf(mesh)}: ${reason}`;
  return { code: "unavailable", message, remedy: "See `weft check`, and try again" };
}

// Asks the admin API of a mesh on this machine, with the token that lies in its state folder.

import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";

const TIMEOUT_MS = 5_000;

export type AdminApi = {
  get<Value>(path: string): Promise<Answer<Value>>;
  post<Value>(path: string, body: unknown): Promise<Answer<Value>>;
};

export function adminApi(url: string, token: string): AdminApi {
  const ask = async <Value>(path: string, init: RequestInit): Promise<Answer<Value>> => {
    try {
      const answer = await fetch(new URL(path, url), {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body: unknown = await answer.json();
      if (answer.ok) return { kind: "ok", value: body as Value };
      return { kind: "error", error: body as ApiError };
    } catch (error) {
      return { kind: "error", error: unreachable(url, error) };
    }
  };
  return {
    get: (path) => ask(path, { method: "GET" }),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

function unreachable(url: string, error: unknown): ApiError {
  const reason = error instanceof Error ? (causeOf(error) ?? error.message) : String(error);
  return { code: "unavailable", message: `Cannot reach ${url}: ${reason}`, remedy: null };
}

// fetch itself only says "fetch failed".
function causeOf(error: Error): string | undefined {
  return error.cause instanceof Error && error.cause.message !== ""
    ? error.cause.message
    : undefined;
}

// Asks the admin API, in the session of this browser.

import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";

export async function ask<Value>(path: string, body?: unknown): Promise<Answer<Value>> {
  try {
    const answer = await fetch(path, body === undefined ? {} : postOf(body));
    const value: unknown = await answer.json();
    if (answer.ok) return { kind: "ok", value: value as Value };
    return { kind: "error", error: value as ApiError };
  } catch (error) {
    return { kind: "error", error: unreachable(error) };
  }
}

export function postOf(body: unknown): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

export function unreachable(error: unknown): ApiError {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `Cannot reach the control plane: ${reason}`;
  return { code: "unavailable", message, remedy: "See whether the mesh still runs." };
}

// Joins a running mesh for as long as something runs; afterwards nothing of it stays.

import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { JoinAnswer, JoinRequest, LeaveAnswer, LeaveRequest } from "#api/join.ts";
import { askMesh } from "#cli/ask-mesh.ts";
import type { FoundMesh } from "#cli/find-mesh.ts";
import type { StateFolder } from "./state-folder.ts";

export const RUN_EXIT = { failed: 1, unreached: 3 } as const;

export type RunOptions = {
  readonly mesh: FoundMesh;
  readonly state: StateFolder; // of that mesh
  readonly request: JoinRequest;
  readonly command: readonly string[];
};

export type Say = (sentence: string) => void;

// The exit code: of `body`, or because the mesh refuses.
export async function whileJoined(
  options: RunOptions,
  say: Say,
  body: (joined: JoinAnswer) => Promise<number>,
): Promise<number> {
  const { mesh, request } = options;
  const joined = await askMesh<JoinAnswer>(mesh, { path: ADMIN_PATHS.join, body: request });
  if (joined.kind === "error") {
    const { message, remedy, code } = joined.error;
    say(remedy ? `${message}. ${remedy}` : message);
    return code === "unavailable" ? RUN_EXIT.unreached : RUN_EXIT.failed;
  }
  try {
    return await body(joined.value);
  } finally {
    await leave(options, joined.value);
  }
}

async function leave({ mesh, state }: RunOptions, joined: JoinAnswer): Promise<void> {
  const body: LeaveRequest = { namespace: joined.namespace, name: joined.name };
  // A mesh that ended meanwhile has forgotten us anyway.
  await askMesh<LeaveAnswer>(mesh, { path: ADMIN_PATHS.leave, body });
  state.removeProxyFolder(`${joined.namespace}.${joined.name}`);
}

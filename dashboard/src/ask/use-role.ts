// What this session may do.

import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Role, Session } from "#api/session.ts";
import { useAnswer } from "./use-answer.ts";

const PATH: (typeof ADMIN_PATHS)["session"] = "/api/v1/session";

// "read" until it is known.
export function useRole(): Role {
  const { answer } = useAnswer<Session>(PATH);
  return answer?.kind === "ok" ? answer.value.role : "read";
}

// When to ask for the next certificate: at half of this one's life, so that the control plane may
// be away for the other half; with jitter, so that a mesh that started together doesn't ask
// together.

import { LIMITS } from "#base/limits.ts";
import type { Random } from "#base/random.ts";
import type { Credentials } from "./credentials.ts";

const JITTER = 0.1;

export function renewAfterMs(
  credentials: Pick<Credentials, "notBeforeMs" | "notAfterMs">,
  wallMs: number,
  random: Random,
): number {
  // Certificates begin before they are issued, for clocks that are behind: that is no life.
  const issuedMs = credentials.notBeforeMs + LIMITS.certificateBackdateMs;
  const halfMs = Math.max(0, credentials.notAfterMs - issuedMs) / 2;
  const dueMs = issuedMs + halfMs * (1 - JITTER + 2 * JITTER * random());
  // Whoever fails to renew comes back here, so this is also the least pause between two tries.
  return Math.max(LIMITS.renewalFloorMs, dueMs - wallMs);
}

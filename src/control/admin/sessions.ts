// Sessions of browsers: a cookie that says role and end, sealed with a key that only the control
// plane has. Nothing is kept for them, so a restart of the control plane logs nobody out. A new
// write token ends them all.

import { createHmac } from "node:crypto";
import type { Role } from "#api/session.ts";
import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { NewSecret } from "./new-secret.ts";
import { sameSecret } from "./same-secret.ts";

export const SESSION_COOKIE = "weft-session";

export class Sessions {
  readonly #clock: Clock;
  readonly #key: string;
  readonly #newSecret: NewSecret;

  constructor(clock: Clock, key: string, newSecret: NewSecret) {
    this.#clock = clock;
    this.#key = key;
    this.#newSecret = newSecret;
  }

  // A Set-Cookie value.
  issue(role: Role): string {
    const expiresAtMs = this.#clock.wallMs() + LIMITS.sessionLifeMs;
    const said = `${role}.${expiresAtMs}.${this.#newSecret()}`;
    const maxAge = Math.floor(LIMITS.sessionLifeMs / 1000);
    const value = `${said}.${this.#seal(said)}`;
    return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict`;
  }

  // From a Cookie header.
  roleOf(cookies: string): Role | undefined {
    for (const cookie of cookies.split(";")) {
      const [name, value] = cookie.trim().split("=", 2);
      if (name === SESSION_COOKIE && value !== undefined) return this.#roleIn(value);
    }
    return undefined;
  }

  #roleIn(value: string): Role | undefined {
    const [role, expiresAtMs, nonce, seal, ...rest] = value.split(".");
    if (seal === undefined || rest.length > 0) return undefined;
    if (!sameSecret(seal, this.#seal(`${role}.${expiresAtMs}.${nonce}`))) return undefined;
    if (Number(expiresAtMs) <= this.#clock.wallMs()) return undefined;
    return role === "write" ? "write" : "read";
  }

  #seal(said: string): string {
    return createHmac("sha256", this.#key).update(`weft session ${said}`).digest("base64url");
  }
}

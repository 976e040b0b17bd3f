// Codes that let a browser in: good once, for a minute. They stand in a URL, and so in histories
// and logs: that is why they are good for so little.

import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { LoginCode, Role } from "#api/session.ts";
import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { NewSecret } from "./new-secret.ts";
import { sameSecret } from "./same-secret.ts";

type Outstanding = { readonly code: string; readonly role: Role; readonly expiresAtMs: number };

export class LoginCodes {
  readonly #clock: Clock;
  readonly #newSecret: NewSecret;
  #outstanding: readonly Outstanding[] = [];

  constructor(clock: Clock, newSecret: NewSecret) {
    this.#clock = clock;
    this.#newSecret = newSecret;
  }

  // Beyond the limit the oldest goes.
  create(role: Role): LoginCode {
    const code = this.#newSecret();
    const expiresAtMs = this.#clock.wallMs() + LIMITS.loginCodeLifeMs;
    const all = [...this.#valid(), { code, role, expiresAtMs }];
    this.#outstanding = all.slice(-LIMITS.loginCodesMax);
    return { code, path: `${ADMIN_PATHS.login}?code=${code}`, expiresAtMs };
  }

  redeem(code: string): Role | undefined {
    const valid = this.#valid();
    const found = valid.find((outstanding) => sameSecret(outstanding.code, code));
    this.#outstanding = valid.filter((outstanding) => outstanding !== found);
    return found?.role;
  }

  #valid(): readonly Outstanding[] {
    const nowMs = this.#clock.wallMs();
    return this.#outstanding.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }
}

// Hot path.
//
// Session persistence: an answer names the endpoint that gave it, and the next request that shows
// the name goes there, whatever the weights say. The name is a hash, so it tells nothing of
// addresses; and whoever makes one up can choose among the route's own endpoints, no others. When
// the session began and was last used stands beside it: who forges that prolongs only his own.

import type { Clock } from "#base/clock.ts";
import { cookieEnd, cookieStart } from "#proxy/balancing/cookie-range.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { SessionPlan } from "#snapshot/session-plan.ts";

export type Seat = {
  readonly backendIndex: number;
  readonly choice: number; // the backend's place among those of the route
  readonly at: number; // the endpoint's among the backend's
  readonly name: string;
};

const RADIX = 36;
const SECOND_MS = 1000;

export class RouteSession {
  readonly #plan: SessionPlan;
  readonly #clock: Clock;
  readonly #seats: ReadonlyMap<string, Seat>;
  // By backend, then by endpoint.
  readonly #names: readonly (readonly string[])[];

  constructor(
    plan: SessionPlan,
    clock: Clock,
    seats: ReadonlyMap<string, Seat>,
    names: readonly (readonly string[])[],
  ) {
    this.#plan = plan;
    this.#clock = clock;
    this.#seats = seats;
    this.#names = names;
  }

  // Undefined: no session, one that is over, or one whose endpoint has gone.
  find(head: RequestHead): Seat | undefined {
    const shown = this.#shown(head);
    if (shown === undefined) return undefined;
    const dot = shown.indexOf(".");
    const seat = this.#seats.get(dot < 0 ? shown : shown.slice(0, dot));
    return seat !== undefined && this.#isCurrent(shown, dot) ? seat : undefined;
  }

  answerHeaders(head: RequestHead, backendIndex: number, at: number): Headers | undefined {
    const { kind, name, idleMs } = this.#plan;
    const seat = this.find(head);
    const isSame = seat !== undefined && seat.backendIndex === backendIndex && seat.at === at;
    if (isSame && idleMs === undefined) return undefined;
    const value = this.#valueFor(this.#names[backendIndex]![at]!, isSame ? head : undefined);
    if (kind === "header") return [name, value];
    return ["set-cookie", `${name}=${value}; Path=/; HttpOnly${this.#life}`];
  }

  get #life(): string {
    const { isPermanent, absoluteMs, idleMs } = this.#plan;
    const lifeMs = absoluteMs ?? idleMs;
    if (!isPermanent || lifeMs === undefined) return "";
    return `; Max-Age=${Math.ceil(lifeMs / SECOND_MS)}`;
  }

  // "name", or "name.began.used" where either has an end.
  #valueFor(name: string, before: RequestHead | undefined): string {
    const { absoluteMs, idleMs } = this.#plan;
    if (absoluteMs === undefined && idleMs === undefined) return name;
    const now = Math.floor(this.#clock.wallMs() / SECOND_MS);
    const shown = before && this.#shown(before);
    const began = shown === undefined ? now : secondsAt(shown, shown.indexOf("."));
    return `${name}.${began.toString(RADIX)}.${now.toString(RADIX)}`;
  }

  #isCurrent(shown: string, dot: number): boolean {
    const { absoluteMs, idleMs } = this.#plan;
    if (absoluteMs === undefined && idleMs === undefined) return true;
    if (dot < 0) return false;
    const nowMs = this.#clock.wallMs();
    const beganMs = secondsAt(shown, dot) * SECOND_MS;
    const usedMs = secondsAt(shown, shown.indexOf(".", dot + 1)) * SECOND_MS;
    const isYoung = absoluteMs === undefined || nowMs < beganMs + absoluteMs;
    // Both are numbers that anybody may have written: NaN is nobody's time.
    return isYoung && beganMs >= 0 && usedMs >= 0 && !(nowMs >= usedMs + (idleMs ?? Infinity));
  }

  #shown({ headers }: RequestHead): string | undefined {
    const { kind, name } = this.#plan;
    if (kind === "header") return findHeader(headers, name);
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i] !== "cookie") continue;
      const cookies = headers[i + 1]!;
      const start = cookieStart(cookies, name);
      if (start >= 0) return cookies.slice(start, cookieEnd(cookies, start));
    }
    return undefined;
  }
}

// The number behind a dot; NaN where there is none.
function secondsAt(shown: string, dot: number): number {
  if (dot < 0) return Number.NaN;
  const end = shown.indexOf(".", dot + 1);
  return Number.parseInt(shown.slice(dot + 1, end < 0 ? shown.length : end), RADIX);
}

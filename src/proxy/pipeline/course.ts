// Hot path.
//
// What the rule that takes a request wants of its way: how long all of it and each try may take,
// and what is tried again. Made only where a rule wants anything.
//
// What no endpoint has seen is tried elsewhere without any rule, see exchange.ts. Here it is about
// what one may have seen: sent again only if it is idempotent or the rule's author said so, if its
// body is at hand, and as long as the retry budget has some left.

import { Deadline } from "#base/deadlines.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { isIdempotent } from "#proxy/resilience/is-idempotent.ts";
import type { RetryPlan, TimeoutsPlan } from "#snapshot/route-traffic-plan.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { TRY_TIMED_OUT } from "./proxy-failures.ts";
import type { RequestBody } from "./request-body.ts";

export type CourseRules = {
  readonly timeouts: TimeoutsPlan | undefined;
  readonly retry: RetryPlan | undefined;
};

export type CourseEvents = {
  // All the time of the request is over.
  requestExpired(): void;
  // That of a try.
  tryExpired(): void;
};

const BACKOFF_GROWTH_MAX = 10;

export class Course {
  readonly #rules: CourseRules;
  readonly #tools: ExchangeTools;
  readonly #head: RequestHead;
  readonly #body: RequestBody;
  #request: Deadline | undefined;
  #try: Deadline | undefined;
  #isTrying = false;
  #isOver = false;
  #retries = 0;
  // A retry was right, and the budget had none left.
  isBudgetSpent = false;

  constructor(rules: CourseRules, tools: ExchangeTools, head: RequestHead, body: RequestBody) {
    this.#rules = rules;
    this.#tools = tools;
    this.#head = head;
    this.#body = body;
  }

  // ---- time -------------------------------------------------------------------------------------

  begin(events: CourseEvents, ageMs: number): void {
    const { timeouts, retry } = this.#rules;
    if (retry && retry.attempts > 0 && this.#isHarmless(retry)) {
      this.#body.keepCopy(this.#tools.copies);
    }
    if (!timeouts) return;
    if (timeouts.requestMs > 0) this.#request = new Deadline(() => events.requestExpired());
    if (timeouts.tryMs > 0) this.#try = new Deadline(() => events.tryExpired());
    if (timeouts.span === "whole") this.#set(this.#request, timeouts.requestMs - ageMs);
    else if (this.#body.hasEnded) this.#set(this.#request, timeouts.requestMs);
  }

  requestEnded(): void {
    const { timeouts } = this.#rules;
    if (this.#isOver || timeouts?.span !== "waiting") return;
    this.#set(this.#request, timeouts.requestMs);
    if (this.#isTrying) this.#set(this.#try, timeouts.tryMs);
  }

  tryBegan(): void {
    const { timeouts } = this.#rules;
    this.#isTrying = true;
    if (!timeouts || (timeouts.span === "waiting" && !this.#body.hasEnded)) return;
    this.#set(this.#try, timeouts.tryMs);
  }

  tryEnded(): void {
    this.#isTrying = false;
    this.#clear(this.#try);
  }

  // A tunnel lasts as long as it likes.
  answerBegan(isTunnel: boolean): void {
    if (isTunnel) this.over();
    else if (this.#rules.timeouts?.span === "waiting") this.tryEnded();
  }

  over(): void {
    this.#isOver = true;
    this.#clear(this.#request);
    this.#clear(this.#try);
  }

  // ---- retries ----------------------------------------------------------------------------------

  // Asked before anything of the answer is passed on. Yes takes a retry from the budget.
  repeatsAnswer(answer: ResponseHead, isMesh: boolean): boolean {
    const { retry } = this.#rules;
    return retry !== undefined && meets(answer, isMesh, retry) && this.#takeRetry(retry);
  }

  // The try came to nothing.
  repeatsFailure(failure: Failure): boolean {
    const { retry } = this.#rules;
    if (!retry) return false;
    const isMet =
      failure === TRY_TIMED_OUT ? retry.on.timeout : retry.on.reset && failure.side === "upstream";
    return isMet && this.#takeRetry(retry);
  }

  get avoidsTried(): boolean {
    return this.#rules.retry?.avoidsTried ?? true;
  }

  // Never less than the rule says; up to half as much again, so that a crowd which failed together
  // doesn't come back together.
  pauseMs(): number {
    const growth = Math.min(2 ** (this.#retries - 1), BACKOFF_GROWTH_MAX);
    return this.#rules.retry!.backoffMs * growth * (1 + this.#tools.random() / 2);
  }

  #takeRetry(retry: RetryPlan): boolean {
    const most = Math.min(retry.attempts, this.#tools.limits.current.attemptsMax - 1);
    if (this.#retries >= most || !this.#body.isRepeatable || !this.#isHarmless(retry)) return false;
    if (!this.#tools.budget.take()) {
      this.isBudgetSpent = true;
      return false;
    }
    this.#retries++;
    return true;
  }

  #isHarmless({ allowsUnsafe }: RetryPlan): boolean {
    return allowsUnsafe || isIdempotent(this.#head);
  }

  #set(deadline: Deadline | undefined, ms: number): void {
    if (deadline) this.#tools.deadlines.set(deadline, Math.max(0, ms));
  }

  #clear(deadline: Deadline | undefined): void {
    if (deadline) this.#tools.deadlines.clear(deadline);
  }
}

function meets({ status, headers }: ResponseHead, isMesh: boolean, { on }: RetryPlan): boolean {
  for (let i = 0; i < on.statuses.length; i++) {
    const [from, to] = on.statuses[i]!;
    if (status >= from && status <= to) return true;
  }
  // The application behind the peer's proxy broke off.
  if (on.reset && isMesh && findHeader(headers, "weft-cause")?.startsWith("upstream-")) return true;
  if (on.grpcStatuses.length === 0) return false;
  // A trailers-only answer: nothing of it has been seen before its status.
  const grpc = findHeader(headers, "grpc-status");
  for (let i = 0; i < on.grpcStatuses.length; i++) {
    if (grpc === String(on.grpcStatuses[i])) return true;
  }
  return false;
}

// Hot path.
//
// What people may ask of an exchange afterwards: what was decided, by which draw, what was tried.
// Kept in fields until it is over; whether it is told is decided then, see RequestRecorder. Its
// line in the access log, and its span, are made of it as it is.

import type { Decision } from "#decision/decision.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { AccessEntry } from "#proxy/telemetry/access-entry.ts";
import type { AccessLog } from "#proxy/telemetry/access-log.ts";
import type { OpenSpan } from "#proxy/telemetry/open-span.ts";
import type { Tracer } from "#proxy/telemetry/tracer.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { Attempt } from "./attempt.ts";
import { CountedExchange } from "./counted-exchange.ts";
import type { Destination } from "./destination.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { FailedTries } from "./failed-tries.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import type { RequestBody } from "./request-body.ts";
import type { RequestRecorder } from "./request-recorder.ts";
import type { Tap } from "./tap.ts";
import type { KeptBody } from "./tap-bodies/kept-body.ts";
import type { TapTicket } from "./tap-ticket.ts";
import { withRequestId } from "./with-request-id.ts";

const SERVING_MOST_MS = 10_000;

export abstract class RecordedExchange extends CountedExchange implements AccessEntry {
  abstract readonly head: RequestHead;
  readonly #tools: ExchangeTools;
  // Undefined: nobody decided on it here, or nobody asks.
  readonly #recorder: RequestRecorder | undefined;
  readonly #tap: Tap | undefined;
  readonly #accessLog: AccessLog | undefined;
  readonly #tracer: Tracer | undefined;
  #span: OpenSpan | undefined;
  isUntraced = false;
  // Null: nobody wants it. Undefined: nobody was asked.
  #ticket: TapTicket | null | undefined;
  // Of the answer, for who wants to see it.
  #kept: KeptBody | undefined;
  #destination: Destination | undefined;
  #decision: Decision | undefined;
  #draw = 0;
  #hasWaited = false;
  #isBudgetSpent = false;
  protected failedTries: FailedTries | undefined;
  // Once it is over.
  #last: Attempt | undefined;

  constructor(tools: ExchangeTools, body: RequestBody, stream: DownstreamStream) {
    super(tools, body, stream);
    this.#tools = tools;
    this.#recorder = tools.recorder;
    this.#tap = tools.tap;
    this.#accessLog = tools.accessLog;
    this.#tracer = tools.tracer;
  }

  // The last word counts: it may wait for another plan.
  decided(destination: Destination, decision: Decision, draw: number): void {
    this.#destination = destination;
    this.#decision = decision;
    this.#draw = draw;
  }

  // The request with the context of its trace, where anything is traced.
  protected traced(head: RequestHead): RequestHead {
    const tracer = this.#tracer;
    if (tracer?.isOn !== true || isPlainTunnel(head)) return head;
    const entered = tracer.enter(head, this.#isServed(), this.#tools.watch);
    this.#span = tracer.entered;
    this.isUntraced = !tracer.isSampled;
    return entered;
  }

  #isServed(): boolean {
    return this.series.key?.reporter === "destination";
  }

  // What lasts (a subscription, a socket) is no reason for what the application asks meanwhile.
  override get isServing(): boolean {
    if (!this.#isServed() || this.ageMs > SERVING_MOST_MS) return false;
    return this.phase === "asking" || this.phase === "answering";
  }

  // For who watches: it goes to this endpoint, for now.
  tried(head: RequestHead, endpoint: string): void {
    if (this.#tap?.isWatched !== true || this.#ticket !== undefined) return;
    const { key } = this.series;
    const seen = { head, key: key!, startedMs: this.startedMs, endpoint };
    const ticket = key === undefined ? null : this.#tap.begin(seen);
    this.#ticket = ticket;
    if (!ticket?.kept) return;
    this.body.keepFor(ticket.kept.request);
    this.#kept = ticket.kept.response;
  }

  override hold(): void {
    this.#hasWaited = true;
    super.hold();
  }

  protected override noteAnswer(head: ResponseHead, nowMs: number): void {
    super.noteAnswer(head, nowMs);
    if (!this.#ticket) return;
    const { status, headers } = head;
    this.#tap!.answered(this.#ticket, status, nowMs - this.startedMs, headers);
  }

  protected noteReceived(chunk: Uint8Array): void {
    this.responseBytes += chunk.length;
    if (this.#kept !== undefined) this.#kept.add(chunk);
  }

  protected takeRetry(): boolean {
    if (this.#tools.budget.take()) return true;
    this.#isBudgetSpent = true;
    return false;
  }

  protected noteFailed(attempt: Attempt, outcome: number | string): FailedTries {
    this.failedTries ??= new FailedTries();
    this.failedTries.add(attempt, this.#tools.clock.nowMs(), outcome);
    return this.failedTries;
  }

  // The answer with the id that the request is found by, if it bears none itself.
  protected named(answer: ResponseHead, headers: Headers, asked: RequestHead): ResponseHead {
    const named = this.#recorder === undefined ? headers : withRequestId(headers, asked.headers);
    return named === answer.headers ? answer : { ...answer, headers: named };
  }

  // `last`: the try that it ended with.
  protected record(last: Attempt | undefined, cause: string): void {
    this.#last = last;
    if (this.#tap?.isWatched === true) this.#tell(cause);
    const log = this.#accessLog;
    if (log?.isOn === true && !(log.isOnce && this.#isLoggedThere())) log.note(this);
    if (this.#span) this.#tracer!.end(this.#span, this);
    if (this.#recorder !== undefined) this.#keep(this.#recorder, cause);
  }

  // ---- as its line and its span have it ---------------------------------------------------------

  get key(): SeriesKey | undefined {
    return this.series.key;
  }

  get bytesReceived(): number {
    return this.body.bytes;
  }

  get bytesSent(): number {
    return this.responseBytes;
  }

  get endpoint(): string {
    return this.#last === undefined ? "" : this.#last.endpoint.address;
  }

  get attempts(): number {
    const failed = this.failedTries?.count ?? 0;
    const isCounted = this.#last === undefined || this.#last === this.failedTries?.last;
    return isCounted ? failed : failed + 1;
  }

  // By the proxy that it was sent to, whose line says all that ours would.
  #isLoggedThere(): boolean {
    if (this.#isServed() || this.#tools.isForOutside === true) return false;
    const wentWell = this.cause === "" && this.failedTries === undefined;
    return wentWell && this.#last?.endpoint.isMesh === true;
  }

  // ---- until the next report --------------------------------------------------------------------

  #keep(recorder: RequestRecorder, cause: string): void {
    const wentWell = cause === "" && this.status < 500 && this.failedTries === undefined;
    const note = recorder.next(wentWell);
    if (note === undefined) return;
    note.head = this.head;
    note.destination = this.#destination;
    note.decision = this.#decision;
    note.draw = this.#draw;
    note.startedMs = this.startedMs;
    note.endedMs = this.#tools.clock.nowMs();
    note.hasWaited = this.#hasWaited;
    note.isDelayed = this.isDelayed;
    note.isBudgetSpent = this.#isBudgetSpent || this.course?.isBudgetSpent === true;
    note.failed = this.failedTries?.all;
    const last = this.#last;
    const isNoted = last === this.failedTries?.last;
    note.endpoint = isNoted ? undefined : last?.endpoint;
    note.sentMs = last === undefined ? -1 : last.sentMs;
    note.status = this.status;
    note.grpcStatus = this.grpcStatus;
    note.cause = cause;
  }

  #tell(cause: string): void {
    // Refused before it got anywhere.
    this.tried(this.head, "");
    const ticket = this.#ticket;
    if (!ticket) return;
    this.#tap!.ended(ticket, {
      durationMs: this.ageMs,
      status: this.status,
      requestBytes: this.body.bytes,
      hasRequestEnded: this.body.hasEnded,
      responseBytes: this.responseBytes,
      grpcStatus: this.grpcStatus,
      cause,
    });
  }
}

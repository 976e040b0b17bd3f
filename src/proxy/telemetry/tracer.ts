// Hot path.
//
// Puts a span of ours between who asks and who answers: what goes on names our span as its parent.
// Whether a request is traced is its caller's word, where there is one, else a draw by path and
// rate. Requests that aren't traced are left alone, but always have a context: so all that follows
// agrees. While no document asks for traces, nothing is read and nothing written.

import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { RandomTexts } from "#base/random-texts.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import type { TracingPlan, TracingSidePlan } from "#snapshot/tracing-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { EnteredTraces } from "./entered-traces.ts";
import type { OpenSpan } from "./open-span.ts";
import { SpanNotes } from "./span-notes.ts";
import { TraceContext } from "./trace-context.ts";

export type ToldSpans = { readonly spans: readonly ReportedSpan[]; readonly lost: number };

type SpanIds = Pick<OpenSpan, "traceId" | "spanId" | "parentId">;

// Whether the application is answering anybody.
export type Serving = { readonly isServing: boolean };

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

export class Tracer {
  isOn = false;
  // Of the request that `enter` was called for last: its span, where we tell one, and whether
  // anybody keeps its trace.
  entered: OpenSpan | undefined;
  isSampled = false;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #context = new TraceContext();
  readonly #traceIds: RandomTexts;
  readonly #spanIds: RandomTexts;
  readonly #traces = new EnteredTraces();
  // The headers that were drawn for last, and how the draw fell.
  #drawnFor: Headers = [];
  #isDrawn = false;
  #plan: TracingPlan | undefined;
  readonly #ended = new SpanNotes();
  #lost = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#traceIds = new RandomTexts("x".repeat(TRACE_DIGITS), random);
    this.#spanIds = new RandomTexts("x".repeat(SPAN_DIGITS), random);
  }

  obey(plan: TracingPlan | undefined): void {
    this.#plan = plan;
    this.isOn = plan !== undefined;
  }

  // Whether a request that came without a context is traced. If not, it is to be given one that
  // says so; else `enter` gives it one.
  isDrawn(headers: Headers, path: string, isServed: boolean): boolean {
    this.#drawnFor = headers;
    this.#isDrawn = this.#draws(this.#sideOf(isServed), path);
    return this.#isDrawn;
  }

  // The request as it goes on. `isServed`: it is for the application, else the application's own.
  enter(head: RequestHead, isServed: boolean, application: Serving): RequestHead {
    this.entered = undefined;
    this.isSampled = false;
    if (head.headers === this.#drawnFor) {
      return this.#isDrawn ? this.#begin(head, isServed, application, true) : head;
    }
    const context = this.#context;
    context.read(head.headers);
    if (context.isLeftAlone) return head;
    if (context.isThere) return this.#go(head, isServed, application);
    const isSampled = this.#draws(this.#sideOf(isServed), head.path);
    return this.#begin(head, isServed, application, isSampled);
  }

  // It came without a context.
  #begin(
    head: RequestHead,
    isServed: boolean,
    application: Serving,
    isSampled: boolean,
  ): RequestHead {
    const traceId = this.#traceIds.take();
    const spanId = this.#spanIds.take();
    this.#open({ traceId, spanId, parentId: "" }, isServed, application, isSampled);
    const headers = head.headers.slice();
    headers.push("traceparent", traceparent(traceId, spanId, isSampled));
    return { ...head, headers };
  }

  // It came with one, sound or not.
  #go(head: RequestHead, isServed: boolean, application: Serving): RequestHead {
    const { traceId: found, parentId, isSampled: decided } = this.#context;
    const side = this.#sideOf(isServed);
    const isSampled = decided ?? this.#draws(side, head.path);
    const isTold = isSampled && side.isSilent !== true;
    const traceId = found === "" ? this.#traceIds.take() : found;
    // Who has no span of ours keeps the one that it came with.
    const spanId = isTold || parentId === "" ? this.#spanIds.take() : parentId;
    const ids = { traceId, spanId, parentId };
    this.#open(ids, isServed, application, isSampled);
    return { ...head, headers: carried(head.headers, ids, isSampled) };
  }

  #open(ids: SpanIds, isServed: boolean, application: Serving, isSampled: boolean): void {
    this.isSampled = isSampled;
    if (!isSampled) return;
    const context = this.#contextOf(ids.traceId, isServed, application);
    const { isSilent, tags } = this.#sideOf(isServed);
    if (isSilent !== true) this.entered = { ...ids, context, tags };
  }

  // Costs only what is traced. What was begun here belongs to no trace that came.
  #contextOf(traceId: string, isServed: boolean, application: Serving): ReportedSpan["context"] {
    if (isServed) {
      this.#traces.note(traceId);
      return undefined;
    }
    if (this.#traces.has(traceId)) return "forwarded";
    return application.isServing ? "dropped" : "own";
  }

  // Reads the entry, and keeps nothing of it.
  end(span: OpenSpan, entry: AccessEntry): void {
    const startMs = entry.startedMs + this.#clock.wallMs() - this.#clock.nowMs();
    if (!this.#ended.note(span, entry, startMs)) this.#lost++;
  }

  get isHalfFull(): boolean {
    return this.#ended.isHalfFull;
  }

  // Since the last time.
  take(): ToldSpans {
    const told = { spans: this.#ended.take(), lost: this.#lost };
    this.#lost = 0;
    return told;
  }

  #sideOf(isServed: boolean): TracingSidePlan {
    const plan = this.#plan!;
    return isServed ? (plan.served ?? plan) : plan;
  }

  #draws({ percent, paths }: TracingSidePlan, path: string): boolean {
    let share = percent;
    for (let i = 0; i < paths.length; i++) {
      if (!path.startsWith(paths[i]!.prefix)) continue;
      share = paths[i]!.percent;
      break;
    }
    return this.#random() * 100 < share;
  }
}

// In the forms that the caller uses, and W3C's.
function carried(headers: Headers, ids: SpanIds, isSampled: boolean): string[] {
  const { traceId, spanId, parentId } = ids;
  const flag = isSampled ? "1" : "0";
  const value = traceparent(traceId, spanId, isSampled);
  const changed = headers.slice();
  let hasOurs = false;
  for (let i = 0; i < changed.length; i += 2) {
    const name = changed[i]!;
    if (name === "traceparent") {
      if (hasOurs) {
        changed.splice(i, 2);
        i -= 2;
      } else changed[i + 1] = value;
      hasOurs = true;
    } else if (name === "b3") changed[i + 1] = `${traceId}-${spanId}-${flag}`;
    else if (name.startsWith("x-b3-")) {
      if (name === "x-b3-spanid") changed[i + 1] = spanId;
      else if (name === "x-b3-sampled") changed[i + 1] = flag;
      else if (name === "x-b3-parentspanid" && parentId !== "" && parentId !== spanId) {
        changed[i + 1] = parentId;
      }
    }
  }
  if (!hasOurs) changed.push("traceparent", value);
  return changed;
}

function traceparent(traceId: string, spanId: string, isSampled: boolean): string {
  return `00-${traceId}-${spanId}-0${isSampled ? "1" : "0"}`;
}

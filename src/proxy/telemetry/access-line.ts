// Hot path.
//
// What one line says. Names and meanings are Envoy's where it has the field
// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
//
// Whatever a peer has sent stands inside a JSON string, escaped: it ends no line, begins no field
// and steers no terminal. Long texts are cut. What lines have in common is encoded once: a line is
// a few copies of bytes with what is new between them. Neighbouring fields of a series, or of an
// outcome, are one copy.

import type { Headers } from "#proxy/exchange/heads.ts";
import type { AccessLogField, AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";
import { BY_HEADER, BY_KEY, BY_OUTCOME, type KeyValue } from "./access-fields.ts";
import { type Encoder, encoderOf } from "./access-value.ts";
import { Habit } from "./habit.ts";
import { HeaderPlace } from "./header-place.ts";
import { isSampled } from "./is-sampled.ts";
import type { LineBlocks } from "./line-blocks.ts";
import { OutcomeRuns } from "./outcome-runs.ts";
import { WallTimes } from "./wall-times.ts";

type KeyField = { readonly before: string; readonly read: KeyValue };

type Said = "series" | "outcome" | "header" | "header of its own" | AccessLogField;

// A part of a line: bytes that were encoded before, or a text or an amount with what stands before
// it. All have one shape and one way: code that is seldom run costs by its length.
type Step = {
  readonly kind: "known" | "text" | "head text" | "usual" | "count" | "time";
  readonly says: Said;
  readonly before: Uint8Array;
  readonly at: number; // of the run, or of the header that is wanted
  readonly habit: Habit;
  readonly outcomes: OutcomeRuns;
};

// Those that aren't known. Usual: most lines have it in common with the line before.
const KINDS: Readonly<Partial<Record<Said, Step["kind"]>>> = {
  ...({ path: "text", query: "text" } as const),
  ...({ trace_id: "head text", "header of its own": "head text" } as const),
  ...({ method: "usual", authority: "usual", upstream_host: "usual", header: "usual" } as const),
  ...({ bytes_received: "count", bytes_sent: "count" } as const),
  ...({ duration: "time", first_byte: "time" } as const),
};
// Of a traceparent: 00-TRACE-SPAN-FLAGS.
const [TRACE_ID_FROM, TRACE_ID_TO] = [3, 35];
// Headers that are another in each request.
const OF_ITS_OWN: ReadonlySet<string> = new Set(["x-request-id", "traceparent"]);

export class AccessLine {
  readonly encode: Encoder;
  readonly #isJson: boolean;
  readonly #end: Uint8Array;
  #times = new WallTimes("", "");
  readonly #steps: Step[] = [];
  // Fields of the series that stand side by side.
  readonly #runs: KeyField[][] = [];
  readonly #known = new WeakMap<SeriesKey, readonly Uint8Array[]>();
  readonly #unknown: readonly Uint8Array[];
  readonly #wanted: HeaderPlace[] = [];
  // Of the entry at hand: by run, and by wanted header.
  #runBytes: readonly Uint8Array[];
  #runKey: SeriesKey | undefined;
  readonly #found: string[] = [];

  constructor({ format, fields, headers }: AccessLogPlan) {
    this.#isJson = format === "json";
    this.#end = Buffer.from(this.#isJson ? "}\n" : "\n");
    this.encode = encoderOf(format);
    for (let at = 0; at < fields.length; ) at += this.#addFields(fields, at);
    for (const name of headers) this.#addHeader(name, this.#before(name), saidOf(name));
    const none = this.encode.text("");
    this.#unknown = this.#runs.map((run) =>
      Buffer.from(run.map(({ before }) => before + none).join("")),
    );
    this.#runBytes = this.#unknown;
  }

  // `offsetMs`: from the monotonic to the wall clock. The lines must be of this encoder.
  put(lines: LineBlocks, entry: AccessEntry, offsetMs: number): void {
    if (entry.key !== this.#runKey) {
      this.#runKey = entry.key;
      this.#runBytes = this.#runsOf(entry.key);
    }
    this.#find(entry.head.headers);
    const steps = this.#steps;
    for (let i = 0; i < steps.length; i++) this.#say(steps[i]!, lines, entry, offsetMs);
    lines.endLine(this.#end);
  }

  #say(step: Step, lines: LineBlocks, entry: AccessEntry, offsetMs: number): void {
    const { kind } = step;
    if (kind === "known") return lines.constant(this.#knownBytes(step, entry, offsetMs));
    if (kind === "count" || kind === "time") {
      lines.constant(step.before);
      const amount = amountOf(step.says, entry);
      return kind === "count" ? lines.digits(amount) : lines.tenths(amount);
    }
    const text = this.#textOf(step, entry);
    const bytes = kind === "usual" ? step.habit.of(text) : undefined;
    lines.constant(bytes ?? step.before);
    if (bytes !== undefined) return;
    if (kind === "head text") lines.headText(text);
    else lines.text(text);
  }

  #knownBytes(step: Step, entry: AccessEntry, offsetMs: number): Uint8Array {
    if (step.says === "series") return this.#runBytes[step.at]!;
    if (step.says === "outcome") return step.outcomes.of(entry);
    return this.#times.of(entry.startedMs + offsetMs);
  }

  #textOf({ says, at }: Step, { head, endpoint }: AccessEntry): string {
    switch (says) {
      case "method":
        return head.method;
      case "path":
        return withoutQuery(head.path);
      case "query":
        return queryOf(head.path);
      case "authority":
        return head.authority;
      case "upstream_host":
        return endpoint;
      case "trace_id":
        return traceIdOf(this.#found[at]!);
      default:
        return this.#found[at]!;
    }
  }

  // How many it has taken: neighbours of a kind become one step.
  #addFields(fields: readonly AccessLogField[], at: number): number {
    const ofSeries = neighbours(fields, at, BY_KEY);
    if (ofSeries.length > 0) return this.#addRun(ofSeries);
    const ofOutcome = neighbours(fields, at, BY_OUTCOME);
    if (ofOutcome.length > 0) return this.#addOutcome(ofOutcome);
    const field = fields[at]!;
    const before = this.#before(field);
    const header = BY_HEADER[field];
    if (field === "start_time") this.#addTime(before);
    else if (header === undefined) this.#add(field, before);
    else this.#addHeader(header, before, field === "trace_id" ? field : saidOf(header));
    return 1;
  }

  #addTime(before: string): void {
    const quote = this.#isJson ? '"' : "";
    this.#times = new WallTimes(before + quote, `Z${quote}`);
    this.#add("start_time", "");
  }

  #addRun(fields: readonly AccessLogField[]): number {
    const run = fields.map((field, i) => ({
      before: this.#before(field, i),
      read: BY_KEY[field]!,
    }));
    this.#add("series", "", { at: this.#runs.push(run) - 1 });
    return fields.length;
  }

  #addOutcome(fields: readonly AccessLogField[]): number {
    const all = fields.map((field, i) => {
      const before = this.#before(field, i);
      return (entry: AccessEntry) => before + this.#valueOf(BY_OUTCOME[field]!(entry));
    });
    const outcomes = new OutcomeRuns((entry) => all.map((textOf) => textOf(entry)).join(""));
    this.#add("outcome", "", { outcomes });
    return fields.length;
  }

  #addHeader(name: string, before: string, says: Said): void {
    const at = this.#wanted.push(new HeaderPlace(name)) - 1;
    this.#found.push("");
    this.#add(says, before, { at });
  }

  #add(says: Said, before: string, parts: Partial<Pick<Step, "at" | "outcomes">> = {}): void {
    this.#steps.push({
      kind: KINDS[says] ?? "known",
      says,
      before: Buffer.from(before),
      at: parts.at ?? 0,
      habit: new Habit(before, this.encode),
      outcomes: parts.outcomes ?? new OutcomeRuns(() => ""),
    });
  }

  // `at`: in its step.
  #before(name: string, at = 0): string {
    const isFirst = this.#steps.length + at === 0;
    if (!this.#isJson) return isFirst ? "" : " ";
    return `${isFirst ? "{" : ","}${this.encode.text(name)}:`;
  }

  #valueOf(value: string | number | boolean): string {
    return typeof value === "string" ? this.encode.text(value) : String(value);
  }

  #runsOf(key: SeriesKey | undefined): readonly Uint8Array[] {
    if (key === undefined) return this.#unknown;
    const known = this.#known.get(key);
    if (known) return known;
    const textOf = ({ before, read }: KeyField) => before + this.#valueOf(read(key));
    const runs = this.#runs.map((run) => Buffer.from(run.map(textOf).join("")));
    this.#known.set(key, runs);
    return runs;
  }

  #find(headers: Headers): void {
    const wanted = this.#wanted;
    for (let i = 0; i < wanted.length; i++) {
      const at = wanted[i]!.in(headers);
      this.#found[i] = at < 0 ? "" : headers[at + 1]!;
    }
  }
}

function amountOf(says: Said, entry: AccessEntry): number {
  switch (says) {
    case "bytes_received":
      return entry.bytesReceived;
    case "bytes_sent":
      return entry.bytesSent;
    case "duration":
      return entry.durationMs;
    default:
      return entry.firstByteMs;
  }
}

// Of a trace that nobody keeps it would lead nowhere.
function traceIdOf(traceparent: string): string {
  return isSampled(traceparent) ? traceparent.slice(TRACE_ID_FROM, TRACE_ID_TO) : "";
}

function saidOf(header: string): Said {
  return OF_ITS_OWN.has(header) ? "header of its own" : "header";
}

// What stands behind the question mark is often nobody's business: a field of its own.
function withoutQuery(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? path : path.slice(0, at);
}

function queryOf(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? "" : path.slice(at + 1);
}

// From `at` on, as many as are of this kind.
function neighbours(
  fields: readonly AccessLogField[],
  at: number,
  kind: Readonly<Partial<Record<AccessLogField, unknown>>>,
): readonly AccessLogField[] {
  let end = at;
  while (end < fields.length && kind[fields[end]!] !== undefined) end++;
  return fields.slice(at, end);
}

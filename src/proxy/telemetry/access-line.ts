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
import type { LineBlocks } from "./line-blocks.ts";
import { OutcomeRuns } from "./outcome-runs.ts";
import { WallTimes } from "./wall-times.ts";

type KeyField = { readonly before: string; readonly read: KeyValue };

type Said = "series" | "outcome" | "header" | "header of its own" | "trace" | AccessLogField;

// A part of a line. All have one shape, and are told apart where they are said: a function for
// each would cost more to call than most of them cost.
type Step = {
  readonly says: Said;
  readonly before: Uint8Array;
  readonly at: number; // of the run, or of the header that is wanted
  readonly habit: Habit;
  readonly outcomes: OutcomeRuns;
  readonly times: WallTimes;
};

// Of a traceparent: 00-TRACE-SPAN-FLAGS.
const [TRACE_ID_FROM, TRACE_ID_TO] = [3, 35];
// Headers that are another in each request.
const OF_ITS_OWN: ReadonlySet<string> = new Set(["x-request-id", "traceparent"]);

export class AccessLine {
  readonly encode: Encoder;
  readonly #isJson: boolean;
  readonly #end: Uint8Array;
  readonly #zone: Uint8Array;
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
    this.#zone = Buffer.from(this.#isJson ? 'Z"' : "Z");
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
    switch (step.says) {
      case "series":
        return lines.constant(this.#runBytes[step.at]!);
      case "outcome":
        return lines.constant(step.outcomes.of(entry));
      case "start_time":
        step.times.put(lines, entry.startedMs + offsetMs);
        return lines.constant(this.#zone);
      case "method":
        return step.habit.put(lines, entry.head.method);
      case "authority":
        return step.habit.put(lines, entry.head.authority);
      case "upstream_host":
        return step.habit.put(lines, entry.endpoint);
      case "header":
        return step.habit.put(lines, this.#found[step.at]!);
    }
    lines.constant(step.before);
    switch (step.says) {
      case "path":
        return lines.text(withoutQuery(entry.head.path));
      case "query":
        return lines.text(queryOf(entry.head.path));
      case "bytes_received":
        return lines.digits(entry.bytesReceived);
      case "bytes_sent":
        return lines.digits(entry.bytesSent);
      case "duration":
        return lines.tenths(entry.durationMs);
      case "first_byte":
        return lines.tenths(entry.firstByteMs);
      case "header of its own":
        return lines.headText(this.#found[step.at]!);
      case "trace":
        return lines.headText(this.#found[step.at]!.slice(TRACE_ID_FROM, TRACE_ID_TO));
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
    if (header === undefined) this.#add(field, before);
    else this.#addHeader(header, before, field === "trace_id" ? "trace" : saidOf(header));
    return 1;
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
      return (entry: AccessEntry) => before + this.#textOf(BY_OUTCOME[field]!(entry));
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
      says,
      before: Buffer.from(before),
      at: parts.at ?? 0,
      habit: new Habit(before, this.encode),
      outcomes: parts.outcomes ?? new OutcomeRuns(() => ""),
      times: new WallTimes(this.#isJson ? `${before}"` : before),
    });
  }

  // `at`: in its step.
  #before(name: string, at = 0): string {
    const isFirst = this.#steps.length + at === 0;
    if (!this.#isJson) return isFirst ? "" : " ";
    return `${isFirst ? "{" : ","}${this.encode.text(name)}:`;
  }

  #textOf(value: string | number | boolean): string {
    return typeof value === "string" ? this.encode.text(value) : String(value);
  }

  #runsOf(key: SeriesKey | undefined): readonly Uint8Array[] {
    if (key === undefined) return this.#unknown;
    const known = this.#known.get(key);
    if (known) return known;
    const textOf = ({ before, read }: KeyField) => before + this.#textOf(read(key));
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

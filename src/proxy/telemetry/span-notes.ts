// Hot path.
//
// Spans that have ended, until they are told: places in arrays that are made once, with the first
// of them. Objects that wait for a report outlive the young generation, and have V8 collect the old
// one for them.

import { readLatin1, writeLatin1 } from "#base/latin1.ts";
import { LIMITS } from "#base/limits.ts";
import { withoutQuery } from "#base/path-query.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import type { SpanTagPlan } from "#snapshot/tracing-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { type OpenSpan, peerOf, serviceOf } from "./open-span.ts";

// What lives on anyway.
type Kept = {
  key: SeriesKey | undefined;
  cause: string;
  endpoint: string;
  context: ReportedSpan["context"];
  tags: readonly SpanTagPlan[] | undefined;
};

const KIB = 1_024;
const TEXT_BYTES = 128 * KIB;
// Start, duration, status, attempts.
const AMOUNTS = 4;

export class SpanNotes {
  #count = 0;
  #texts: Buffer = Buffer.alloc(0);
  #textsEnd = 0;
  // Whether all texts of the span at hand have had room.
  #isWhole = true;
  readonly #kept: Kept[] = [];
  readonly #amounts = new Float64Array(LIMITS.spansToldMax * AMOUNTS);
  // Of trace, span, parent, method, path, authority, gRPC status, request id, each tag's header.
  readonly #ends: number[] = [];
  #endsCount = 0;

  get isHalfFull(): boolean {
    return 2 * this.#count >= LIMITS.spansToldMax || 2 * this.#textsEnd >= TEXT_BYTES;
  }

  // Reads the entry, and keeps nothing of it. False: there was no room. `startMs`: wall clock.
  note(span: OpenSpan, entry: AccessEntry, startMs: number): boolean {
    if (this.#count === LIMITS.spansToldMax) return false;
    if (this.#texts.length === 0) this.#texts = Buffer.allocUnsafeSlow(TEXT_BYTES);
    const [textsEnd, endsCount] = [this.#textsEnd, this.#endsCount];
    this.#isWhole = true;
    this.#noteTexts(span, entry);
    if (!this.#isWhole) {
      this.#textsEnd = textsEnd;
      this.#endsCount = endsCount;
      return false;
    }
    const at = this.#count * AMOUNTS;
    this.#amounts[at] = startMs;
    this.#amounts[at + 1] = entry.durationMs;
    this.#amounts[at + 2] = entry.status;
    this.#amounts[at + 3] = entry.attempts;
    const kept = this.#keptAt(this.#count);
    kept.key = entry.key;
    kept.cause = entry.cause;
    kept.endpoint = entry.endpoint;
    kept.context = span.context;
    kept.tags = span.tags;
    this.#count++;
    return true;
  }

  // In their order; none is left.
  take(): readonly ReportedSpan[] {
    this.#textsEnd = 0;
    this.#endsCount = 0;
    const spans = Array.from({ length: this.#count }, (_, at) => this.#spanAt(at));
    this.#count = 0;
    this.#textsEnd = 0;
    this.#endsCount = 0;
    return spans;
  }

  #noteTexts({ traceId, spanId, parentId, tags }: OpenSpan, entry: AccessEntry): void {
    const { head } = entry;
    this.#noteText(traceId);
    this.#noteText(spanId);
    this.#noteText(parentId);
    this.#noteText(head.method);
    this.#noteText(withoutQuery(head.path));
    this.#noteText(head.authority);
    this.#noteText(entry.grpcStatus);
    this.#noteText(headerOf(head.headers, "x-request-id"));
    if (tags === undefined) return;
    for (let i = 0; i < tags.length; i++) {
      const { header } = tags[i]!;
      this.#noteText(header === undefined ? "" : headerOf(head.headers, header));
    }
  }

  // Its units are bytes: it is a part of a head, or digits.
  #noteText(text: string): void {
    const noted = cut(text);
    const end = this.#textsEnd + noted.length;
    if (end > TEXT_BYTES) {
      this.#isWhole = false;
      return;
    }
    writeLatin1(this.#texts, noted, this.#textsEnd);
    this.#textsEnd = end;
    this.#ends[this.#endsCount++] = end;
  }

  #keptAt(at: number): Kept {
    const known = this.#kept[at];
    if (known !== undefined) return known;
    const kept = { key: undefined, cause: "", endpoint: "", context: undefined, tags: undefined };
    this.#kept[at] = kept;
    return kept;
  }

  // Texts are read in the order in which they were noted.
  #spanAt(place: number): ReportedSpan {
    const { key, cause, endpoint, context, tags } = this.#kept[place]!;
    const at = place * AMOUNTS;
    return {
      traceId: this.#nextText(),
      spanId: this.#nextText(),
      parentId: this.#nextText(),
      kind: key?.reporter === "destination" ? "server" : "client",
      startMs: this.#amounts[at]!,
      durationMs: this.#amounts[at + 1]!,
      method: this.#nextText(),
      path: this.#nextText(),
      authority: this.#nextText(),
      status: this.#amounts[at + 2]!,
      grpcStatus: this.#nextText(),
      cause,
      requestId: this.#nextText(),
      service: serviceOf(key),
      peer: peerOf(key),
      route: key?.route ?? "",
      backend: key?.backend ?? "",
      endpoint,
      attempts: this.#amounts[at + 3]!,
      ...(context && { context }),
      ...(tags && { tags: this.#nextTags(tags) }),
    };
  }

  #nextText(): string {
    const end = this.#ends[this.#endsCount++]!;
    const text = readLatin1(this.#texts, this.#textsEnd, end);
    this.#textsEnd = end;
    return text;
  }

  #nextTags(tags: readonly SpanTagPlan[]): NonNullable<ReportedSpan["tags"]> {
    return tags.flatMap(({ name, value = "" }): [string, string][] => {
      const text = this.#nextText() || value;
      return text === "" ? [] : [[cut(name), cut(text)]];
    });
  }
}

function headerOf(headers: Headers, name: string): string {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1]!;
  return "";
}

function cut(text: string): string {
  return text.length > LIMITS.reportTextMax ? text.slice(0, LIMITS.reportTextMax) : text;
}

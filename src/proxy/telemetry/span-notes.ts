// Hot path.
//
// Spans that have ended, until they are told: texts as bytes, the rest in notes that serve again.
// Objects made for each would outlive the young generation while they wait for a report, and have
// V8 collect the old one for them.

import { readLatin1, writeLatin1 } from "#base/latin1.ts";
import { LIMITS } from "#base/limits.ts";
import { withoutQuery } from "#base/path-query.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import type { SpanTagPlan } from "#snapshot/tracing-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { type OpenSpan, peerOf, serviceOf } from "./open-span.ts";

// All but the texts; what it refers to lives on anyway.
type Note = {
  startMs: number;
  durationMs: number;
  status: number;
  attempts: number;
  key: SeriesKey | undefined;
  cause: string;
  endpoint: string;
  context: ReportedSpan["context"];
  tags: readonly SpanTagPlan[] | undefined;
};

const KIB = 1_024;
const TEXT_BYTES = 128 * KIB;

export class SpanNotes {
  #count = 0;
  #texts: Buffer = Buffer.alloc(0);
  #textsEnd = 0;
  // Whether all texts of the span at hand have had room.
  #isWhole = true;
  readonly #notes: Note[] = [];
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
    const note = this.#noteAt(this.#count);
    note.startMs = startMs;
    note.durationMs = entry.durationMs;
    note.status = entry.status;
    note.attempts = entry.attempts;
    note.key = entry.key;
    note.cause = entry.cause;
    note.endpoint = entry.endpoint;
    note.context = span.context;
    note.tags = span.tags;
    this.#count++;
    return true;
  }

  // In their order; none is left.
  take(): readonly ReportedSpan[] {
    this.#rewind();
    const spans = this.#notes.slice(0, this.#count).map((note) => this.#spanOf(note));
    this.#rewind();
    this.#count = 0;
    return spans;
  }

  // To the first text.
  #rewind(): void {
    this.#textsEnd = 0;
    this.#endsCount = 0;
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
    this.#noteText(findHeader(head.headers, "x-request-id") ?? "");
    if (tags === undefined) return;
    for (let i = 0; i < tags.length; i++) {
      const { header } = tags[i]!;
      this.#noteText(header === undefined ? "" : (findHeader(head.headers, header) ?? ""));
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

  #noteAt(place: number): Note {
    const known = this.#notes[place];
    if (known !== undefined) return known;
    const note = {
      ...{ startMs: 0, durationMs: 0, status: 0, attempts: 0, key: undefined },
      ...{ cause: "", endpoint: "", context: undefined, tags: undefined },
    };
    this.#notes[place] = note;
    return note;
  }

  // Texts are read in the order in which they were noted.
  #spanOf(note: Note): ReportedSpan {
    const { key, context, tags } = note;
    return {
      traceId: this.#nextText(),
      spanId: this.#nextText(),
      parentId: this.#nextText(),
      kind: key?.reporter === "destination" ? "server" : "client",
      startMs: note.startMs,
      durationMs: note.durationMs,
      method: this.#nextText(),
      path: this.#nextText(),
      authority: this.#nextText(),
      status: note.status,
      grpcStatus: this.#nextText(),
      cause: note.cause,
      requestId: this.#nextText(),
      service: serviceOf(key),
      peer: peerOf(key),
      route: key?.route ?? "",
      backend: key?.backend ?? "",
      endpoint: note.endpoint,
      attempts: note.attempts,
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

function cut(text: string): string {
  return text.length > LIMITS.reportTextMax ? text.slice(0, LIMITS.reportTextMax) : text;
}

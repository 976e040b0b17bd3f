// Hot path.
//
// A line for each request, or for those that a document asks for. What is to be said is kept for a
// while, then the lines of many are made a slice at a time and written at once by a thread that may
// wait; a reader that stands still costs lines, which are counted, and no request anything.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { Random } from "#base/random.ts";
import type { AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { type AccessFilter, accessFilter } from "./access-filter.ts";
import { type AccessLine, accessLine } from "./access-line.ts";

export type AccessLogOptions = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly random: Random;
  // Runs a function when all else that waits has had its turn.
  readonly later: (run: () => void) => void;
  readonly write: WriteText;
};

// Tells when it is done, however it went; never from inside the call.
export type WriteText = (text: string, done: (isWritten: boolean) => void) => void;

const SLICE_MS = 1;
// Lines between two looks at the clock.
const AT_ONCE = 32;

export class AccessLog {
  // Whether there is anything to say at all.
  isOn = false;
  readonly #options: AccessLogOptions;
  readonly #flush = new Deadline(() => this.#make());
  #plan: AccessLogPlan | undefined;
  #filter: AccessFilter = () => false;
  #line: AccessLine = () => "";
  #entries: AccessEntry[] = [];
  #isWriting = false;
  lines = 0;
  lost = 0;

  constructor(options: AccessLogOptions) {
    this.#options = options;
  }

  // As the plan in force now says.
  obey(plan: AccessLogPlan | undefined): void {
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.isOn = plan !== undefined;
    if (plan === undefined) return;
    const { random } = this.#options;
    this.#filter = accessFilter(plan.filter, random);
    this.#line = accessLine(plan);
  }

  note(entry: AccessEntry): void {
    if (!this.#filter(entry)) return;
    if (this.#entries.length >= LIMITS.accessLogEntriesMax) {
      this.lost++;
      return;
    }
    this.#entries.push(entry);
    if (!this.#isWriting && !this.#flush.isSet) {
      this.#options.deadlines.set(this.#flush, LIMITS.accessLogFlushMs);
    }
  }

  #make(): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#isWriting = true;
    this.#makeSlice(entries, 0, "");
  }

  #makeSlice(entries: readonly AccessEntry[], from: number, made: string): void {
    const { clock, later, write } = this.#options;
    const startMs = clock.nowMs();
    const offsetMs = clock.wallMs() - startMs;
    let text = made;
    let at = from;
    while (at < entries.length && clock.nowMs() - startMs < SLICE_MS) {
      const until = Math.min(at + AT_ONCE, entries.length);
      while (at < until) text += this.#line(entries[at++]!, offsetMs);
    }
    if (at < entries.length) return later(() => this.#makeSlice(entries, at, text));
    write(text, (isWritten) => {
      if (isWritten) this.lines += entries.length;
      else this.lost += entries.length;
      this.#isWriting = false;
      if (this.#entries.length > 0) {
        this.#options.deadlines.set(this.#flush, LIMITS.accessLogFlushMs);
      }
    });
  }
}

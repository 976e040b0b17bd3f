// Hot path.
//
// A line for each request, or for those that a document asks for. Lines are made at the end of the
// tick, a slice at a time, into blocks that a thread writes, which may wait: what a request has is
// not kept longer, or collecting it would cost more than the log. A reader that stands still costs
// lines, which are counted, and no request anything.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { Random } from "#base/random.ts";
import type { AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { type AccessFilter, accessFilters } from "./access-filter.ts";
import { AccessLine } from "./access-line.ts";
import { LineBlocks } from "./line-blocks.ts";

export type AccessLogOptions = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly random: Random;
  // Runs a function when all else that waits has had its turn.
  readonly later: (run: () => void) => void;
  readonly write: WriteBytes;
};

// Tells when it is done, however it went; never from inside the call. The bytes stay as they are
// until then.
export type WriteBytes = (bytes: Uint8Array, done: (isWritten: boolean) => void) => void;

const SLICE_MS = 1;
// Lines between two looks at the clock.
const AT_ONCE = 32;

const NOTHING: AccessLogPlan = { format: "json", fields: [], headers: [], filter: {} };

export class AccessLog {
  // Whether there is anything to say at all.
  isOn = false;
  readonly #options: AccessLogOptions;
  readonly #flush = new Deadline(() => this.#write());
  #plan: AccessLogPlan | undefined;
  #filter: AccessFilter = () => false;
  #line = new AccessLine(NOTHING);
  #entries: AccessEntry[] = [];
  #isMaking = false;
  // Lines that are made and not yet given to the writer.
  readonly #lines = new LineBlocks(this.#line.encode);
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
    this.#filter = accessFilters([plan.filter, ...(plan.further ?? [])], random);
    this.#line = new AccessLine(plan);
    this.#lines.encodeBy(this.#line.encode);
  }

  note(entry: AccessEntry): void {
    if (!this.#filter(entry)) return;
    const isFull = this.#lines.full.length >= LIMITS.accessLogBlocksMax;
    if (isFull || this.#entries.length >= LIMITS.accessLogEntriesMax) {
      this.lost++;
      return;
    }
    this.#entries.push(entry);
    if (this.#isMaking) return;
    this.#isMaking = true;
    this.#options.later(() => this.#make(0));
  }

  #make(from: number): void {
    const { clock, later, deadlines } = this.#options;
    const entries = this.#entries;
    const startMs = clock.nowMs();
    const offsetMs = clock.wallMs() - startMs;
    let at = from;
    while (at < entries.length && clock.nowMs() - startMs < SLICE_MS) {
      const until = Math.min(at + AT_ONCE, entries.length);
      while (at < until) this.#line.put(this.#lines, entries[at++]!, offsetMs);
    }
    if (at < entries.length) return later(() => this.#make(at));
    this.#entries = [];
    this.#isMaking = false;
    if (this.#lines.full.length > 0) this.#write();
    else if (!this.#flush.isSet) deadlines.set(this.#flush, LIMITS.accessLogFlushMs);
  }

  #write(): void {
    if (this.#isWriting) return;
    const block = this.#lines.take();
    if (block === undefined) return;
    const { bytes, used, lines } = block;
    this.#isWriting = true;
    this.#options.write(bytes.subarray(0, used), (isWritten) => {
      if (isWritten) this.lines += lines;
      else this.lost += lines;
      this.#isWriting = false;
      this.#lines.giveBack(bytes);
      if (this.#lines.full.length > 0) this.#write();
      else if (!this.#lines.isEmpty && !this.#flush.isSet) {
        this.#options.deadlines.set(this.#flush, LIMITS.accessLogFlushMs);
      }
    });
  }
}

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
  // What is done last of this tick.
  readonly endOfTick: { addLast(log: { flush(): void }): void };
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
  readonly #patience = new Deadline(() => this.#write());
  #plan: AccessLogPlan | undefined;
  #filter: AccessFilter = () => false;
  #line = new AccessLine(NOTHING);
  // Filled from the front, and never made shorter; up to `made` their lines are made.
  readonly #entries: (AccessEntry | undefined)[] = [];
  #count = 0;
  #made = 0;
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
    if (isFull || this.#count >= LIMITS.accessLogEntriesMax) {
      this.lost++;
      return;
    }
    this.#entries[this.#count++] = entry;
    if (this.#count === 1) this.#options.endOfTick.addLast(this);
  }

  // Makes the lines of what has been noted, for at most a slice of time.
  flush(): void {
    const { clock, later, deadlines } = this.#options;
    const startMs = clock.nowMs();
    const offsetMs = clock.wallMs() - startMs;
    for (;;) {
      this.#make(Math.min(this.#made + AT_ONCE, this.#count), offsetMs);
      if (this.#made === this.#count) break;
      if (clock.nowMs() - startMs >= SLICE_MS) return later(() => this.flush());
    }
    this.#count = 0;
    this.#made = 0;
    if (this.#lines.full.length > 0) this.#write();
    else if (!this.#patience.isSet) deadlines.set(this.#patience, LIMITS.accessLogFlushMs);
  }

  #make(until: number, offsetMs: number): void {
    const entries = this.#entries;
    for (let at = this.#made; at < until; at++) {
      this.#line.put(this.#lines, entries[at]!, offsetMs);
      entries[at] = undefined;
    }
    this.#made = until;
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
      else if (!this.#lines.isEmpty && !this.#patience.isSet) {
        this.#options.deadlines.set(this.#patience, LIMITS.accessLogFlushMs);
      }
    });
  }
}

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
import { type AccessFilter, accessFilter } from "./access-filter.ts";
import { type AccessLine, accessLine } from "./access-line.ts";

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

type Block = { readonly bytes: Buffer; used: number; lines: number };

const NO_BYTES = Buffer.alloc(0);
// Bytes that one of a string's units may become.
const UTF8_MOST = 3;

export class AccessLog {
  // Whether there is anything to say at all.
  isOn = false;
  readonly #options: AccessLogOptions;
  readonly #flush = new Deadline(() => this.#write());
  #plan: AccessLogPlan | undefined;
  #filter: AccessFilter = () => false;
  #line: AccessLine = () => "";
  #entries: AccessEntry[] = [];
  #isMaking = false;
  // Lines that are made and not yet given to the writer: whole blocks, and the one at hand.
  readonly #full: Block[] = [];
  #block: Block = { bytes: NO_BYTES, used: 0, lines: 0 };
  #spare: Buffer = NO_BYTES;
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
    const isFull = this.#full.length >= LIMITS.accessLogBlocksMax;
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
      while (at < until) this.#put(this.#line(entries[at++]!, offsetMs));
    }
    if (at < entries.length) return later(() => this.#make(at));
    this.#entries = [];
    this.#isMaking = false;
    if (this.#full.length > 0) this.#write();
    else if (!this.#flush.isSet) deadlines.set(this.#flush, LIMITS.accessLogFlushMs);
  }

  #put(line: string): void {
    const most = line.length * UTF8_MOST;
    let block = this.#block;
    if (block.used + most > block.bytes.length) {
      if (block.used > 0) this.#full.push(block);
      block = { bytes: this.#bytesFor(most), used: 0, lines: 0 };
      this.#block = block;
    }
    block.used += block.bytes.write(line, block.used);
    block.lines++;
  }

  // The last one that was written, where that is large enough.
  #bytesFor(most: number): Buffer {
    const spare = this.#spare;
    this.#spare = NO_BYTES;
    if (spare.length >= most) return spare;
    return Buffer.allocUnsafeSlow(Math.max(LIMITS.accessLogBlockBytes, most));
  }

  #write(): void {
    if (this.#isWriting) return;
    let block = this.#full.shift();
    if (block === undefined) {
      block = this.#block;
      if (block.used === 0) return;
      this.#block = { bytes: NO_BYTES, used: 0, lines: 0 };
    }
    const { bytes, lines } = block;
    this.#isWriting = true;
    this.#options.write(bytes.subarray(0, block.used), (isWritten) => {
      if (isWritten) this.lines += lines;
      else this.lost += lines;
      this.#isWriting = false;
      this.#spare = bytes;
      if (this.#full.length > 0) this.#write();
      else if (this.#block.used > 0 && !this.#flush.isSet) {
        this.#options.deadlines.set(this.#flush, LIMITS.accessLogFlushMs);
      }
    });
  }
}

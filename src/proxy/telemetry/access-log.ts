// Hot path.
//
// A line for each request, or for those that a document asks for. Nothing is kept of a request
// that is over but what its line says; lines are made of some at once, into blocks that a thread
// writes, which may wait. A reader that stands still costs lines, which are counted, and no request
// anything.

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
  readonly write: WriteBytes;
};

// Tells when it is done, however it went; never from inside the call. The bytes stay as they are
// until then.
export type WriteBytes = (bytes: Uint8Array, done: (isWritten: boolean) => void) => void;

const NOTHING: AccessLogPlan = { format: "json", fields: [], headers: [], filter: {} };

export class AccessLog {
  // Whether there is anything to say at all.
  isOn = false;
  // Whether what another proxy has its own line of is left to that.
  isOnce = false;
  readonly #options: AccessLogOptions;
  readonly #patience = new Deadline(() => this.#write());
  #plan: AccessLogPlan | undefined;
  #filter: AccessFilter = () => false;
  #line = new AccessLine(NOTHING);
  // Lines that are made and not yet given to the writer.
  readonly #lines = new LineBlocks(this.#line.encode);
  #isWriting = false;
  // From the monotonic to the wall clock.
  #offsetMs = 0;
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
    this.isOnce = plan?.isOnce === true;
    if (plan === undefined) return;
    const { random } = this.#options;
    this.#filter = accessFilters([plan.filter, ...(plan.further ?? [])], random);
    this.#line.put(this.#lines);
    this.#line = new AccessLine(plan);
    this.#lines.encodeBy(this.#line.encode);
  }

  // Reads the entry, and keeps nothing of it but what its line says.
  note(entry: AccessEntry): void {
    if (!this.#filter(entry)) return;
    const lines = this.#lines;
    if (lines.full.length >= LIMITS.accessLogBlocksMax) {
      this.lost++;
      return;
    }
    const line = this.#line;
    if (!this.#hasLines()) this.#begin();
    line.note(entry, this.#offsetMs);
    if (!line.isFull) return;
    line.put(lines);
    if (lines.full.length > 0) this.#write();
  }

  // Before lines that are to wait for others.
  #begin(): void {
    const { clock, deadlines } = this.#options;
    this.#offsetMs = clock.wallMs() - clock.nowMs();
    if (!this.#patience.isSet) deadlines.set(this.#patience, LIMITS.accessLogFlushMs);
  }

  #write(): void {
    if (this.#isWriting) return;
    this.#line.put(this.#lines);
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
      else if (this.#hasLines()) this.#begin();
    });
  }

  // Made or noted, and not yet given to the writer.
  #hasLines(): boolean {
    return this.#line.hasNoted || !this.#lines.isEmpty;
  }
}

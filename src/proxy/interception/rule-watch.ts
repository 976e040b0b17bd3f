// Watches whether this pod's rules are in force: a proxy that gets none of the traffic that it
// stands for must not be called ready. Often until they are proven, then now and then.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Dial } from "#proxy/transport/byte-stream.ts";
import type { Listener } from "#proxy/transport/net-listen.ts";
import { type Listen, openProofDoor } from "./proof-door.ts";
import { proveRules } from "./prove-rules.ts";
import type { RuleFamily, RuleSettings } from "./rule-settings.ts";

export type RuleWatchOptions = {
  readonly clock: Clock;
  readonly dial: Dial;
  readonly listen: Listen;
  readonly settings: RuleSettings;
  readonly families: readonly RuleFamily[];
  // With what is missing, in one sentence; undefined: nothing.
  readonly changed: (missing: string | undefined) => void;
};

export class RuleWatch {
  readonly #options: RuleWatchOptions;
  readonly #doors: Listener[] = [];
  #timer: Timer | undefined;
  #missing: string | undefined = "The rules of interception are not proven yet";
  #round = 0;
  #failures = 0;

  constructor(options: RuleWatchOptions) {
    this.#options = options;
  }

  // What stands in the way of being ready.
  get missing(): string | undefined {
    return this.#missing;
  }

  // Rejects with the system's error where the proof doors can't be opened.
  async start(): Promise<void> {
    const { listen, families } = this.#options;
    for (const family of families) this.#doors.push(await openProofDoor(listen, family));
    this.#prove();
  }

  stop(): void {
    this.#round++;
    this.#timer?.cancel();
    for (const door of this.#doors) door.close();
  }

  #prove(): void {
    const round = ++this.#round;
    const { settings, families } = this.#options;
    const missing = new Map<RuleFamily, string>();
    let open = families.length;
    for (const family of families) {
      proveRules(this.#options, settings, family, (found) => {
        if (found !== undefined) missing.set(family, found);
        if (--open === 0 && round === this.#round) this.#settle(missing);
      });
    }
  }

  #settle(missing: ReadonlyMap<RuleFamily, string>): void {
    const [first] = missing;
    const sentence =
      first && `The rules of interception for ${first[0]} are not in force: ${first[1]}`;
    this.#failures = sentence === undefined ? 0 : this.#failures + 1;
    // A busy machine may keep one proof waiting: what was proven is missing after the second.
    const isDoubtful = this.#missing === undefined && this.#failures === 1;
    if (sentence !== this.#missing && !isDoubtful) {
      this.#missing = sentence;
      this.#options.changed(sentence);
    }
    const delayMs = sentence === undefined ? LIMITS.rulesProvenMs : LIMITS.rulesMissingMs;
    this.#timer = this.#options.clock.after(delayMs, () => this.#prove());
  }
}

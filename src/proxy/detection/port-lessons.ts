// What this proxy has learned of service ports whose protocol nobody declares, and how often it
// learned it. A lesson holds for a while after it was last confirmed; there are only so many.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { PortLesson, type ServicePortName } from "./port-lesson.ts";

export class PortLessons {
  readonly #clock: Clock;
  // By what the caller calls the port: the id of its plan.
  readonly #lessons = new Map<string, PortLesson>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(id: string, port: ServicePortName): PortLesson {
    const known = this.#lessons.get(id);
    if (known) return known;
    if (this.#lessons.size >= LIMITS.lessonsMax) this.#forgetOldest();
    const made = new PortLesson(port, this.#clock);
    this.#lessons.set(id, made);
    return made;
  }

  // Those that were learned or confirmed since the last call, as they are now.
  takeLearned() {
    return [...this.#lessons.values()].flatMap((lesson) => {
      const { protocol } = lesson;
      if (!lesson.takeConfirmed() || protocol === undefined) return [];
      const { namespace, name, port } = lesson.port;
      return [{ namespace, service: name, port, protocol }];
    });
  }

  counts() {
    return [...this.#lessons.values()].flatMap((lesson) => lesson.counts());
  }

  #forgetOldest(): void {
    let oldestId = "";
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const [id, { usedAtMs }] of this.#lessons) {
      if (usedAtMs >= oldestMs) continue;
      oldestMs = usedAtMs;
      oldestId = id;
    }
    this.#lessons.delete(oldestId);
  }
}

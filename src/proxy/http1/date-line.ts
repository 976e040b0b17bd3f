// Hot path.
//
// The Date line of answers that bring none (RFC 9110 §6.6.1), made once a second. It begins with
// the end of the line before it.

import type { Clock } from "#base/clock.ts";

export class DateLine {
  readonly #clock: Clock;
  #second = -1;
  #line = "";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get text(): string {
    const second = Math.floor(this.#clock.wallMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = `\r\ndate: ${new Date(second * 1000).toUTCString()}`;
    }
    return this.#line;
  }
}

// Hot path.
//
// Moments as ISO 8601 has them, to the millisecond. Those that follow each other share their
// second, whose text is kept.

export class WallTimes {
  #second = -1;
  #start = "";

  // Milliseconds since 1970.
  text(atMs: number): string {
    const ms = Math.floor(atMs);
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#start = new Date(second * 1000).toISOString().slice(0, 20);
    }
    const rest = ms - second * 1000;
    const zeros = rest < 10 ? "00" : rest < 100 ? "0" : "";
    return `${this.#start}${zeros}${rest}Z`;
  }
}

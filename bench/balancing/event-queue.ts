// What happens when, in the order of time: a binary heap.

type Event = { readonly atMs: number; readonly run: (nowMs: number) => void };

export class EventQueue {
  readonly #heap: Event[] = [];

  at(atMs: number, run: (nowMs: number) => void): void {
    const heap = this.#heap;
    heap.push({ atMs, run });
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.atMs <= heap[i]!.atMs) return;
      [heap[parent], heap[i]] = [heap[i]!, heap[parent]!];
      i = parent;
    }
  }

  // Until nothing is left.
  run(): void {
    for (let event = this.#take(); event; event = this.#take()) event.run(event.atMs);
  }

  #take(): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === last || last === undefined) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < heap.length && heap[left]!.atMs < heap[least]!.atMs) least = left;
      if (right < heap.length && heap[right]!.atMs < heap[least]!.atMs) least = right;
      if (least === i) return first;
      [heap[least], heap[i]] = [heap[i]!, heap[least]!];
      i = least;
    }
  }
}

// What happened in the mesh in one slot of time, and its bytes.
//
// A block is numbers only; whom they speak of is a number too, by a list of names that the store
// keeps once. All numbers are whole and are written seven bits a byte, the lowest first, as small
// ones are many:
//
//   | series: how many, then of each: name, successes, failures, retries, in flight, request bytes,
//   |         response bytes, buckets: how many, then bucket, count, ...
//   | processes: how many, then of each: name, microseconds of CPU, KiB of memory, connections
//
// Blocks are added up by time: counts are sums; what is in flight, memory and connections are the
// most that there were.

export type HistoryBlock = {
  readonly series: readonly SeriesPoint[];
  readonly processes: readonly ProcessPoint[];
};

export type SeriesPoint = {
  readonly name: number; // of its series key
  readonly successes: number;
  readonly failures: number;
  readonly retries: number;
  readonly inFlight: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly latency: readonly number[]; // bucket, count, bucket, count, ...
};

export type ProcessPoint = {
  readonly name: number; // of the proxy
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly connectionsOpen: number;
};

export function encodeBlock({ series, processes }: HistoryBlock): Uint8Array {
  const out = new Writer();
  out.number(series.length);
  for (const point of series) {
    out.number(point.name);
    out.number(point.successes);
    out.number(point.failures);
    out.number(point.retries);
    out.number(point.inFlight);
    out.number(point.requestBytes);
    out.number(point.responseBytes);
    out.number(point.latency.length / 2);
    for (const value of point.latency) out.number(value);
  }
  out.number(processes.length);
  for (const { name, cpuMs, memoryBytes, connectionsOpen } of processes) {
    out.number(name);
    out.number(cpuMs * 1000);
    out.number(memoryBytes / 1024);
    out.number(connectionsOpen);
  }
  return out.bytes;
}

// Throws on bytes that no `encodeBlock` has written: a file may be damaged.
export function decodeBlock(bytes: Uint8Array): HistoryBlock {
  const from = new Reader(bytes);
  const series = from.list(() => ({
    name: from.number(),
    successes: from.number(),
    failures: from.number(),
    retries: from.number(),
    inFlight: from.number(),
    requestBytes: from.number(),
    responseBytes: from.number(),
    latency: from.pairs(),
  }));
  const processes = from.list(() => ({
    name: from.number(),
    cpuMs: from.number() / 1000,
    memoryBytes: from.number() * 1024,
    connectionsOpen: from.number(),
  }));
  return { series, processes };
}

class Writer {
  #bytes = new Uint8Array(4096);
  #length = 0;

  number(value: number): void {
    if (this.#length + 10 > this.#bytes.length) this.#grow();
    let rest = Math.round(value);
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || scale > 2 ** 49) throw damaged();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  list<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.#count(); left > 0; left--) items.push(read());
    return items;
  }

  pairs(): number[] {
    const numbers: number[] = [];
    for (let left = this.#count() * 2; left > 0; left--) numbers.push(this.number());
    return numbers;
  }

  // What is counted takes at least a byte each.
  #count(): number {
    const count = this.number();
    if (count > this.#bytes.length) throw damaged();
    return count;
  }
}

// As SQLite tells it of itself.
function damaged(): Error {
  return Object.assign(new Error("the history is damaged"), { errcode: 11 });
}

// What a page's scripts cost, from a trace of the browser that shows it.
//
// Scripts run on the page's main thread in events of the timeline; one within another counts once,
// in the thread's processor time, so that a machine that is busy with others doesn't count.
// What belongs to an update is all that runs from its message to the next one: parsing, rendering,
// effects, timers.

export type TraceEvent = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number; // microseconds
  readonly dur?: number;
  readonly tdur?: number; // of the thread's processor time
};

export type UpdateTimes = {
  readonly scriptMs: number; // processor time
  readonly scriptWallMs: number; // with what others took of the core meanwhile
  readonly renderingMs: number;
};

const SCRIPTS = [
  ...["EventDispatch", "FunctionCall", "EvaluateScript", "RunMicrotasks", "TimerFire"],
  ...["FireAnimationFrame", "FireIdleCallback", "v8.callFunction", "V8.GCScavenger", "MinorGC"],
  ...["MajorGC"],
];
const RENDERING = ["UpdateLayoutTree", "Layout", "PrePaint", "Paint", "Layerize", "Commit"];
const UPDATE = "weft-update";

// Runs in the page before its own scripts: marks each message of the stream.
export const MARK_UPDATES = `
  window.EventSource = class extends EventSource {
    constructor(...args) {
      super(...args);
      this.addEventListener("view", () => performance.mark("${UPDATE}"));
    }
  };`;

export function updateTimes(events: readonly TraceEvent[]): readonly UpdateTimes[] {
  const updates = events.filter(({ name }) => name === UPDATE).sort((a, b) => a.ts - b.ts);
  const [first] = updates;
  if (!first) return [];
  const own = events.filter(({ pid, tid }) => pid === first.pid && tid === first.tid);
  const scripts = outermost(own.filter(({ name }) => SCRIPTS.includes(name)));
  const rendering = outermost(own.filter(({ name }) => RENDERING.includes(name)));
  // The first has what beginning to trace costs, and the last one has no end.
  return updates.slice(1, -1).map(({ ts }, i) => {
    const untilUs = updates[i + 2]!.ts;
    const during = (events: readonly TraceEvent[]) =>
      events.filter((event) => event.ts >= ts && event.ts < untilUs);
    return {
      scriptMs: sumMs(during(scripts), "tdur"),
      scriptWallMs: sumMs(during(scripts), "dur"),
      renderingMs: sumMs(during(rendering), "tdur"),
    };
  });
}

// Events of one thread lie within each other or apart.
function outermost(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const complete = events.filter(({ ph, dur }) => ph === "X" && dur !== undefined);
  let untilUs = 0;
  return [...complete]
    .sort((a, b) => a.ts - b.ts || b.dur! - a.dur!)
    .filter(({ ts, dur = 0 }) => {
      const isOuter = ts >= untilUs;
      if (isOuter) untilUs = ts + dur;
      return isOuter;
    });
}

function sumMs(events: readonly TraceEvent[], clock: "dur" | "tdur"): number {
  return events.reduce((sum, event) => sum + (event[clock] ?? 0), 0) / 1_000;
}

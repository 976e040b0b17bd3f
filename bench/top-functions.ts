// Where a processor profile of V8 says that the time went: functions and files by own time.

export type Profile = {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

type ProfileNode = {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
};

export type Share = { readonly name: string; readonly ms: number; readonly share: number };

const IDLE = "(idle)";
// What it costs to begin and to end a profile.
const PROFILER = "node:inspector";

// Of the last `lastMs` of the profile; shares are of the time that wasn't idle.
export function topFunctions(profile: Profile, lastMs: number, count: number): readonly Share[] {
  return topBy(profile, lastMs, count, nameOf);
}

// The same, by file; what is native counts as a file of its own.
export function topFiles(profile: Profile, lastMs: number, count: number): readonly Share[] {
  return topBy(profile, lastMs, count, fileOf);
}

function topBy(
  { nodes, samples, timeDeltas }: Profile,
  lastMs: number,
  count: number,
  labelOf: (node: ProfileNode) => string,
): readonly Share[] {
  const labels = new Map(
    nodes.map((node) => [node.id, node.callFrame.url === PROFILER ? IDLE : labelOf(node)]),
  );
  const times = new Map<string, number>();
  let backMs = 0;
  for (let i = samples.length - 1; i >= 0 && backMs < lastMs; i--) {
    const ms = timeDeltas[i]! / 1000;
    backMs += ms;
    const label = labels.get(samples[i]!) ?? "";
    times.set(label, (times.get(label) ?? 0) + ms);
  }
  times.delete(IDLE);
  const busyMs = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([name, ms]) => ({ name, ms: Math.round(ms), share: ms / busyMs }));
}

function fileOf({ callFrame: { functionName, url } }: ProfileNode): string {
  return url === "" ? functionName || "(anonymous)" : url.replace(/^.*\/dist\//, "");
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  return `${name} ${url.replace(/^.*\/dist\//, "")}:${lineNumber + 1}`;
}

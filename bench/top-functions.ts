// Where a processor profile of V8 says that the time went: functions by their own time.

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

export type FunctionShare = { readonly name: string; readonly ms: number; readonly share: number };

const IDLE = "(idle)";

// Shares are of the time that wasn't idle.
export function topFunctions(profile: Profile, count: number): readonly FunctionShare[] {
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]));
  const times = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? "";
    times.set(name, (times.get(name) ?? 0) + profile.timeDeltas[i]! / 1000);
  });
  times.delete(IDLE);
  const busyMs = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, ms]) => ({ name, ms: Math.round(ms), share: ms / busyMs }));
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  return `${name} ${url.replace(/^.*\/dist\//, "")}:${lineNumber + 1}`;
}

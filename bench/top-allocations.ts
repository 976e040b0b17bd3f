// Which functions an allocation profile of V8 (see profiled.ts) says to allocate the most.

export type Allocations = { readonly bytes: number; readonly head: AllocationNode };

type AllocationNode = {
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly selfSize: number;
  readonly children: readonly AllocationNode[];
};

export type Allocator = { readonly name: string; readonly bytes: number };

export function topAllocations({ head }: Allocations, count: number): readonly Allocator[] {
  const bytes = new Map<string, number>();
  const nodes = [head];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const name = nameOf(node);
    bytes.set(name, (bytes.get(name) ?? 0) + node.selfSize);
    nodes.push(...node.children);
  }
  return [...bytes]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([name, size]) => ({ name, bytes: size }));
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: AllocationNode): string {
  const name = functionName || "(anonymous)";
  return url === "" ? name : `${name} ${url.replace(/^.*\/dist\//, "")}:${lineNumber + 1}`;
}

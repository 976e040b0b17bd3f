// What to tell iptables-restore (--noflush) so that our rules are in the nat table once, or not at
// all, whatever was there before. One transaction: nobody ever sees a part of it.
//
// `current` is what iptables-save printed for the table. Rules of others stay.

import { NAT_JUMPS } from "./nat-rules.ts";

type Jump = (typeof NAT_JUMPS)[number];

export function installText(rules: readonly string[], current: string): string {
  return nat([
    // Makes the chain, and empties one that is there already.
    ...NAT_JUMPS.map(({ chain }) => `:${chain} - [0:0]`),
    ...NAT_JUMPS.flatMap((jump) => withoutJumps(jump, current)),
    ...NAT_JUMPS.map((jump) => `-A ${jumpText(jump)}`),
    ...rules,
  ]);
}

// "" where nothing of ours is there.
export function removalText(current: string): string {
  const lines = current.split("\n");
  const chains = NAT_JUMPS.filter(({ chain }) => lines.some((l) => l.startsWith(`:${chain} `)));
  if (chains.length === 0) return "";
  return nat([
    ...chains.flatMap((jump) => withoutJumps(jump, current)),
    ...chains.map(({ chain }) => `-F ${chain}`),
    ...chains.map(({ chain }) => `-X ${chain}`),
  ]);
}

// What differs from what should be there; empty: nothing. One sentence each.
export function natDifferences(rules: readonly string[], current: string): readonly string[] {
  const lines = current.split("\n").map((line) => line.trim());
  const jumps = NAT_JUMPS.flatMap((jump) => {
    const found = lines.filter((line) => line === `-A ${jumpText(jump)}`).length;
    return found === 1 ? [] : [`${jump.hook} goes to ${jump.chain} ${found} times, not once`];
  });
  const chains = NAT_JUMPS.flatMap(({ chain }) => {
    const wanted = rules.filter((rule) => rule.startsWith(`-A ${chain} `));
    const found = lines.filter((line) => line.startsWith(`-A ${chain} `));
    const missing = wanted.filter((rule) => !found.includes(rule));
    const foreign = found.filter((rule) => !wanted.includes(rule));
    if (missing.length + foreign.length > 0) {
      return [
        ...missing.map((rule) => `missing: ${rule}`),
        ...foreign.map((rule) => `not ours: ${rule}`),
      ];
    }
    const isSame = wanted.join("\n") === found.join("\n");
    return isSame ? [] : [`the rules of ${chain} are not in their order, or twice`];
  });
  return [...jumps, ...chains];
}

function jumpText({ hook, chain }: Jump): string {
  return `${hook} -p tcp -j ${chain}`;
}

function withoutJumps(jump: Jump, current: string): string[] {
  const wanted = jumpText(jump);
  return current
    .split("\n")
    .flatMap((line) => (line.trim() === `-A ${wanted}` ? [`-D ${wanted}`] : []));
}

function nat(lines: readonly string[]): string {
  return `*nat\n${lines.join("\n")}\nCOMMIT\n`;
}

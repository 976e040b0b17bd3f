// The commands of a page: its blocks of `sh`, in their order.

export type GuideBlock = { readonly line: number; readonly text: string };

export function guideBlocks(markdown: string): readonly GuideBlock[] {
  const blocks: GuideBlock[] = [];
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] !== "```sh") continue;
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`The block at line ${at + 1} has no end`);
    blocks.push({ line: at + 1, text: lines.slice(at + 1, end).join("\n") });
    at = end;
  }
  return blocks;
}

// One script, since a later block may use what an earlier one has set. It ends with the first
// command that fails, and says before each block where on the page it is.
export function guideScript(blocks: readonly GuideBlock[], prelude: string): string {
  const parts = blocks.map(({ line, text }) => `echo "## line ${line}" >&2\n${text}`);
  return ["set -euo pipefail", prelude, ...parts, ""].join("\n");
}

// Texts with gaps that are filled anew for each request:
//   {id}      32 hex digits, unique in this run
//   {span}    16 hex digits, unique in this run
//   {n}       the request's number, from 0
//   {1..200}  a number from that range, at random

export type Part = string | "\0id" | "\0span" | "\0n" | readonly [least: number, most: number];

const GAP = /\{(?:(id|span|n)|(\d{1,9})\.\.(\d{1,9}))\}/g;

export function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const gap of template.matchAll(GAP)) {
    if (gap.index > from) parts.push(template.slice(from, gap.index));
    const [whole, name, least, most] = gap;
    parts.push(name === undefined ? [Number(least), Number(most)] : `\0${name}`);
    from = gap.index + whole.length;
  }
  if (from < template.length) parts.push(template.slice(from));
  return parts;
}

// `parts` are those of `template`.
export function hasGaps(parts: readonly Part[], template: string): boolean {
  return parts.some((part) => part !== template);
}

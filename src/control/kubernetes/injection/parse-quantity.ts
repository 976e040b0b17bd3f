// A quantity as Kubernetes writes it: "250m" of a core, "64Mi" of memory.
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/

const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["m", 1e-3],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
]);
const QUANTITY = /^(\d{1,15}(?:\.\d{1,9})?)([kMGT]i?|Ki|m|)$/;

// In cores or bytes; undefined where it is none, or nothing at all.
export function parseQuantity(text: string): number | undefined {
  const found = QUANTITY.exec(text);
  if (!found) return undefined;
  const factor = SUFFIXES.get(found[2]!);
  const value = factor === undefined ? 0 : Number(found[1]) * factor;
  return value > 0 ? value : undefined;
}

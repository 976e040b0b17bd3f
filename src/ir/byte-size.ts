// A number of bytes as Kubernetes writes it: "512", "32Ki", "1.5Mi", "1Gi".

const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["Ki", 1024],
  ["Mi", 1024 ** 2],
  ["Gi", 1024 ** 3],
]);
const LENGTH_MAX = 32;
const SIZE = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|)$/;

// Undefined where it is none.
export function parseByteSize(text: string): number | undefined {
  const size = text.length > LENGTH_MAX ? null : SIZE.exec(text);
  if (!size) return undefined;
  const bytes = Number(size[1]) * UNITS.get(size[2]!)!;
  return Number.isInteger(bytes) ? bytes : undefined;
}

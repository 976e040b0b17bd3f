// For tests: every way to cut a text in two, and then byte by byte.

export function splitsOf(latin1: string): Buffer[][] {
  const bytes = Buffer.from(latin1, "latin1");
  const splits: Buffer[][] = [[bytes]];
  for (let at = 1; at < bytes.length; at++) {
    splits.push([bytes.subarray(0, at), bytes.subarray(at)]);
  }
  splits.push(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
  return splits;
}

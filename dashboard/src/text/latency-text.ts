// Milliseconds with two or three digits that count: "0.42 ms", "4.2 ms", "42 ms", "1.24 s".

export function latencyText(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

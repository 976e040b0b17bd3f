// Labels in OpenMetrics text: name="value",... without the braces.

export type Label = readonly [name: string, value: string];

export function labelText(labels: readonly Label[]): string {
  return labels.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(",");
}

// A value may come from a peer: no quote or line break of its may end the sample early.
function escapeValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

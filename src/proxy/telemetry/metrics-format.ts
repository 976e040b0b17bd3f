// In which of Prometheus' two text formats somebody wants /metrics: OpenMetrics where they say so,
// else the older one, which every tool reads.
//
// https://prometheus.io/docs/instrumenting/exposition_formats/: there a counter's family bears its
// samples' name, an info is a gauge, and units and exemplars are unknown.

export type MetricsFormat = "openmetrics" | "text";

export const METRICS_TYPES = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  text: "text/plain; version=0.0.4; charset=utf-8",
} as const satisfies Record<MetricsFormat, string>;

export function metricsFormatFor(accept: string): MetricsFormat {
  return accept.includes("application/openmetrics-text") ? "openmetrics" : "text";
}

// The older format, of pieces of OpenMetrics text without exemplars. A family's head is a piece of
// its own.
export function* asOlderText(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) {
    if (!piece.startsWith("#")) yield piece;
    else if (piece !== "# EOF\n") yield olderHead(piece);
  }
}

function olderHead(head: string): string {
  const [help = "", type = ""] = head.split("\n");
  const [, , name = "", kind = ""] = type.split(" ");
  const [suffix, olderKind] = OLDER[kind] ?? ["", kind];
  const text = help.slice("# HELP ".length + name.length);
  return `# HELP ${name}${suffix}${text}\n# TYPE ${name}${suffix} ${olderKind}\n`;
}

const OLDER: Readonly<Record<string, readonly [suffix: string, kind: string]>> = {
  counter: ["_total", "counter"],
  info: ["_info", "gauge"],
};

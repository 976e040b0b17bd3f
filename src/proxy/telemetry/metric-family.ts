// One family of metrics in OpenMetrics text: what it is, then its samples.
//
// https://github.com/prometheus/OpenMetrics: a counter's samples end in _total, its family's name
// does not; a unit is the end of the name; a histogram's buckets are cumulative up to +Inf.

export type Samples = Iterable<readonly [labels: string, value: number]>;

export type Distribution = {
  readonly labels: string;
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly sum: number;
  readonly count: number;
  // One request that was counted, by its trace.
  readonly exemplar?: ExemplarSample | undefined;
};

export type ExemplarSample = {
  readonly traceId: string;
  readonly value: number;
  readonly atMs: number; // wall clock
};

export function alone(value: number): Samples {
  return [["", value]];
}

export function* counter(name: string, help: string, samples: Samples, unit = "") {
  yield head(name, "counter", help, unit);
  for (const [labels, value] of samples) yield sample(`${name}_total`, labels, value);
}

export function* gauge(name: string, help: string, unit: string, samples: Samples) {
  yield head(name, "gauge", help, unit);
  for (const [labels, value] of samples) yield sample(name, labels, value);
}

export function* info(name: string, help: string, labels: string) {
  yield head(name, "info", help, "");
  yield sample(`${name}_info`, labels, 1);
}

export function* histogram(
  name: string,
  help: string,
  unit: string,
  distributions: Iterable<Distribution>,
) {
  yield head(name, "histogram", help, unit);
  for (const { labels, buckets, sum, count, exemplar } of distributions) {
    let isAbove = exemplar === undefined;
    const bucket = (le: string, bound: number, upTo: number): string => {
      const line = sample(`${name}_bucket`, withLe(labels, le), upTo);
      if (isAbove || exemplar!.value > bound) return line;
      isAbove = true;
      return `${line.slice(0, -1)}${exemplarText(exemplar!)}\n`;
    };
    const lines = buckets.map(([bound, upTo]) => bucket(boundText(bound), bound, upTo));
    lines.push(bucket("+Inf", Number.POSITIVE_INFINITY, count));
    lines.push(sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, count));
    yield lines.join("");
  }
}

function head(name: string, type: string, help: string, unit: string): string {
  const unitLine = unit === "" ? "" : `# UNIT ${name} ${unit}\n`;
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${unitLine}`;
}

function sample(name: string, labels: string, value: number): string {
  return labels === "" ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
}

// At the first bucket that holds it.
function exemplarText({ traceId, value, atMs }: ExemplarSample): string {
  return ` # {trace_id="${traceId}"} ${value} ${(atMs / 1000).toFixed(3)}`;
}

function withLe(labels: string, bound: string): string {
  return labels === "" ? `le="${bound}"` : `${labels},le="${bound}"`;
}

// As Go prints floats, which is what the format calls canonical: "5.0", "1.8e+06".
function boundText(bound: number): string {
  if (bound >= 1e6) return bound.toExponential().replace(/e\+(\d)$/, "e+0$1");
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

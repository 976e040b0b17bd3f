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
};

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
  for (const { labels, buckets, sum, count } of distributions) {
    const lines = buckets.map(([bound, upTo]) =>
      sample(`${name}_bucket`, withLe(labels, boundText(bound)), upTo),
    );
    lines.push(sample(`${name}_bucket`, withLe(labels, "+Inf"), count));
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

function withLe(labels: string, bound: string): string {
  return labels === "" ? `le="${bound}"` : `${labels},le="${bound}"`;
}

// As Go prints floats, which is what the format calls canonical: "5.0", "1.8e+06".
function boundText(bound: number): string {
  if (bound >= 1e6) return bound.toExponential().replace(/e\+(\d)$/, "e+0$1");
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

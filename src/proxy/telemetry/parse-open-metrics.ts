// Reads OpenMetrics text strictly, for tests: throws at whatever a scraper might refuse.

import assert from "node:assert/strict";

export type Family = {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  readonly unit: string;
  readonly samples: readonly Sample[];
};

export type Sample = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
};

type OpenFamily = { name: string; type: Family["type"]; unit: string; samples: Sample[] };

const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-z_][a-z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/;

export function parseOpenMetrics(text: string): readonly Family[] {
  const lines = text.split("\n");
  assert.equal(lines.pop(), "", "ends with a line break");
  assert.equal(lines.pop(), "# EOF");
  const families: OpenFamily[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    const meta = /^# (HELP|TYPE|UNIT) (\S+) (.+)$/.exec(line);
    if (meta) describe(families, meta[1]!, meta[2]!, meta[3]!);
    else families.at(-1)!.samples.push(sampleOf(line, families.at(-1)!, seen));
  }
  const names = families.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, "a family stands in one place");
  return families;
}

function describe(families: OpenFamily[], what: string, name: string, rest: string): void {
  if (what === "HELP") families.push({ name, type: "gauge", unit: "", samples: [] });
  const family = families.at(-1)!;
  assert.equal(family.name, name);
  assert.equal(family.samples.length, 0, "samples come last");
  if (what === "TYPE") family.type = rest as Family["type"];
  if (what === "UNIT") family.unit = rest;
}

function sampleOf(line: string, family: OpenFamily, seen: Set<string>): Sample {
  const parts = SAMPLE.exec(line);
  assert.ok(parts, `no sample: ${line}`);
  const [, name, labels = "", value] = parts;
  assert.ok(name!.startsWith(family.name), `${name} stands under ${family.name}`);
  const key = `${name}{${labels}}`;
  assert.ok(!seen.has(key), `twice: ${key}`);
  seen.add(key);
  return { name: name!, labels: labelsOf(labels), value: Number(value) };
}

function labelsOf(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (let rest = text; rest !== ""; ) {
    const label = LABEL.exec(rest);
    assert.ok(label, `no label: ${rest}`);
    const value = label[2]!.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
    assert.ok(!labels.has(label[1]!), `label twice: ${label[1]}`);
    labels.set(label[1]!, value);
    rest = rest.slice(label[0].length);
  }
  return labels;
}

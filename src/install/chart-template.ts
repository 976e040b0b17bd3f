// A manifest as a template of Helm: its holes are actions that print JSON, which is YAML, too.

import { manifestText } from "./manifest-text.ts";
import { Hole, type Manifest, type Template } from "./template.ts";

const MARK = /HOLE-(\d+)-OF-WEFT/;
const OPTIONAL_LINE = /^( *)([^\s:]+): HOLE-(\d+)-OF-WEFT$/;

export function chartTemplate({ object, when }: Manifest): string {
  const holes: Hole[] = [];
  const text = manifestText(withMarks(object, holes));
  const lines = text.trimEnd().split("\n");
  const body = lines.map((line) => filledLine(line, holes)).join("\n");
  return when === undefined ? `${body}\n` : `{{- if ${valueAt(when)} }}\n${body}\n{{- end }}\n`;
}

function withMarks(template: Template, holes: Hole[]): unknown {
  if (template instanceof Hole) return `HOLE-${holes.push(template) - 1}-OF-WEFT`;
  if (Array.isArray(template)) return template.map((item) => withMarks(item, holes));
  if (typeof template !== "object" || template === null) return template;
  const entries = Object.entries(template);
  return Object.fromEntries(entries.map(([name, item]) => [name, withMarks(item, holes)]));
}

function filledLine(line: string, holes: readonly Hole[]): string {
  const [, indent = "", name = "", number] = OPTIONAL_LINE.exec(line) ?? [];
  const hole = number === undefined ? undefined : holes[Number(number)];
  if (hole?.use === "optional") {
    const value = valueAt(hole.paths[0]!);
    return `{{- with ${value} }}\n${indent}${name}: {{ toJson . }}\n{{- end }}`;
  }
  return line.replace(MARK, (_, place: string) => actionOf(holes[Number(place)]!));
}

function actionOf({ use, paths, between }: Hole): string {
  const values = paths.map(valueAt);
  switch (use) {
    case "json":
      return `{{ toJson (toJson ${values[0]}) }}`;
    case "join": {
      const format = JSON.stringify(values.map(() => "%v").join(between));
      return `{{ toJson (printf ${format} ${values.join(" ")}) }}`;
    }
    default:
      return `{{ toJson ${values[0]} }}`;
  }
}

function valueAt(path: string): string {
  return `.Values.${path}`;
}

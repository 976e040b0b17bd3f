// What a change of documents would do, for people.

import type { DocumentsPreview, ServiceChange } from "#api/documents.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";

export function changesText({ diagnostics, services, workloads }: DocumentsPreview): string {
  const lines = [
    ...services.flatMap(serviceLines),
    ...workloads.map(({ namespace, name, change }) => `workload ${namespace}/${name}: ${change}`),
    ...diagnostics.map((diagnostic) => diagnosticText(diagnostic)),
  ];
  if (lines.length === 0) return "Nothing that a proxy sees would change.\n";
  return `${lines.join("\n")}\n`;
}

function serviceLines(service: ServiceChange): readonly string[] {
  const { namespace, name, port, callers, change, before, after } = service;
  const seen = callers === null ? "" : `, as callers in ${callers} see it`;
  const title = `service ${namespace}/${name} port ${port}${seen}: ${change}`;
  const gone = before.filter((line) => !after.includes(line)).map((line) => `  - ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `  + ${line}`);
  return [title, ...gone, ...come];
}

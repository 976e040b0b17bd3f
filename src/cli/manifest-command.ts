// What `weft inject` and `weft uninject` share: manifests in, manifests out, and what became of
// each workload on the side.

import type { Patch } from "#control/kubernetes/injection/patch.ts";
import { objectIn, textIn } from "#control/kubernetes/injection/pod.ts";
import { type PodTemplate, podTemplateOf } from "#control/kubernetes/injection/pod-templates.ts";
import type { JsonObject } from "#ir/document.ts";
import { editManifests } from "./edit-manifests.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

export type Change = {
  readonly patch: Patch; // of the pod
  readonly outcome: string; // "injected", "skipped: ..."
  readonly warnings: readonly string[];
};

export type ChangeTemplate = (template: PodTemplate, namespace: string) => Change;

// `verb`: "Injected".
export async function changeManifests(
  { files, input, out, error, exit }: Surroundings,
  paths: readonly string[],
  verb: string,
  change: ChangeTemplate,
): Promise<void> {
  let changed = 0;
  let workloads = 0;
  const report: string[] = [];
  const edit = (object: JsonObject): Patch => {
    const template = podTemplateOf(object);
    if (!template) return [];
    const metadata = objectIn(object, "metadata");
    const { patch, outcome, warnings } = change(template, textIn(metadata, "namespace") ?? "");
    workloads++;
    if (patch.length > 0) changed++;
    report.push(`${nameOf(object, metadata)} ${outcome}\n`);
    report.push(...warnings.map((warning) => `  warning: ${warning}\n`));
    return patch.map((operation) => ({
      ...operation,
      path: [...template.path, ...operation.path],
    }));
  };
  const texts: string[] = [];
  for (const path of paths) {
    const text = path === "-" ? await input() : files.read(path);
    if (text === undefined) {
      error(`Cannot read ${path}: there is no such file\n`);
      return exit(EXIT.usage);
    }
    const editing = editManifests(text, edit);
    if (editing.kind === "unreadable") {
      error(`Cannot read ${path === "-" ? "the standard input" : path}: ${editing.reason}\n`);
      return exit(EXIT.finding);
    }
    texts.push(editing.text);
  }
  out(joined(texts));
  const noun = workloads === 1 ? "workload" : "workloads";
  error(`${report.join("")}${verb} ${changed} of ${workloads} ${noun}.\n`);
  exit(EXIT.ok);
}

function nameOf(object: JsonObject, metadata: JsonObject): string {
  const name = textIn(metadata, "name") ?? textIn(metadata, "generateName") ?? "";
  const namespace = textIn(metadata, "namespace");
  const kind = (textIn(object, "kind") ?? "").toLowerCase();
  return `${kind}/${name}${namespace === undefined ? "" : ` in ${namespace}`}`;
}

// Several files become one stream.
function joined(texts: readonly string[]): string {
  return texts.reduce((all, text) => {
    const end = all === "" || all.endsWith("\n") ? "" : "\n";
    const separator = all === "" || text.trimStart().startsWith("---") ? "" : "---\n";
    return `${all}${end}${separator}${text}`;
  }, "");
}

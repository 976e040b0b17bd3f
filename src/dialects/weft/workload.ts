// Workload (weft.dev/v1alpha1): a process on this machine, as a part of the mesh.

import type { Document, Labels } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isDnsLabel } from "#ir/read-document.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readLimits } from "./limits.ts";
import { readDependencies } from "./workload-dependencies.ts";
import { readPorts } from "./workload-ports.ts";
import { readReadiness } from "./workload-readiness.ts";

export function translateWorkload(document: Document): Translation {
  return translateFields(document, readWorkload);
}

function readWorkload(root: FieldReader, document: Document) {
  const { namespace, name, labels, origin } = document;
  const spec = root.inside("spec");
  const ports = readPorts(spec);
  const limits = spec.object("limits");
  const workload = {
    ...{ namespace, name, origin, labels, ports },
    command: readCommand(spec),
    workingFolder: readPlainText(spec, "workingFolder"),
    environment: readEnvironment(spec),
    serviceAccount: readServiceAccount(spec),
    dependencies: readDependencies(spec, namespace),
    readiness: readReadiness(spec, ports),
    ...(limits && { limits: { origin: limits.origin, pairs: readLimits(limits) } }),
  };
  if (!isDnsLabel(name)) {
    const message = `The name "${name}" has dots or is too long for a workload`;
    const remedy = "Use lower-case letters, digits and dashes.";
    root.report(["metadata", "name"], { severity: "error", code: "WEFT102", message, remedy });
    return {};
  }
  // Without a command there is nothing to run; the complaint has been made.
  return workload.command.length === 0 ? {} : { workloads: [workload] };
}

function readCommand(spec: FieldReader): readonly string[] {
  const remedy = 'Write the program and its arguments as a list: ["node", "main.ts"].';
  spec.require("command", "a list of texts", remedy);
  const command = spec.texts("command");
  if (!spec.has("command") || (command.length > 0 && command.every(isPlain))) return command;
  if (command.length > 0) spec.invalid("command", "texts without NUL", remedy);
  else if (spec.isSound) spec.invalid("command", "the program and its arguments", remedy);
  return [];
}

function readPlainText(spec: FieldReader, name: string): string | undefined {
  const text = spec.text(name);
  if (text === undefined || isPlain(text)) return text;
  spec.invalid(name, "text without NUL");
  return undefined;
}

function readEnvironment(spec: FieldReader): Labels {
  const environment = new Map<string, string>();
  for (const [name, value] of spec.textMap("environment")) {
    const isName = name !== "" && !name.includes("=") && isPlain(name) && isPlain(value);
    if (isName) environment.set(name, value);
    else {
      const expected = 'a name without "=", with a value without NUL';
      spec.invalidAt(["environment", name], name, expected);
    }
  }
  return environment;
}

function readServiceAccount(spec: FieldReader): string {
  const name = spec.text("serviceAccount") ?? "default";
  if (name.length <= 253 && name.split(".").every(isDnsLabel)) return name;
  spec.invalid("serviceAccount", "the name of a ServiceAccount");
  return "default";
}

// What the system lets a process be started with.
function isPlain(text: string): boolean {
  return !text.includes("\0");
}

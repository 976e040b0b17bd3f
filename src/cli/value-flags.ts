// --set and --values, of `weft install` and `weft upgrade`.

import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Profile } from "#install/default-values.ts";
import type { JsonObject } from "#ir/document.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

export type ValueFlags = {
  readonly set: readonly string[];
  readonly values: readonly string[];
};

export type ChosenValues = { readonly values: JsonObject; readonly chosen: JsonObject };

export function addValueOptions(command: Command): Command {
  return command
    .option("--set <path=value>", "one value, such as control.replicas=2; again for more", add, [])
    .option("-f, --values <file>", "values in YAML; again for more, later ones win", add, [])
    .addOption(new Option("-o, --output <format>").choices(["yaml", "json"]).default("yaml"));
}

// Undefined where they are wrong; what is wrong is told then.
export async function readValueFlags(
  { files, workingFolder, version, error, exit }: Surroundings,
  flags: ValueFlags,
  profile: Profile,
  kept: JsonObject,
): Promise<ChosenValues | undefined> {
  const texts = flags.values.map((path) => {
    const text = files.read(resolve(workingFolder, path));
    return { path, text };
  });
  const missing = texts.find(({ text }) => text === undefined);
  if (missing) {
    error(`Cannot read ${missing.path}: there is no such file\n`);
    exit(EXIT.usage);
    return undefined;
  }
  const { readValues } = await import("#install/read-values.ts");
  const read = readValues({
    ...{ version, profile, kept, sets: flags.set },
    files: texts.map(({ path, text = "" }) => ({ path, text })),
  });
  if (read.kind === "ok") return read;
  error(`${read.messages.join("\n")}\n`);
  exit(EXIT.usage);
  return undefined;
}

function add(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

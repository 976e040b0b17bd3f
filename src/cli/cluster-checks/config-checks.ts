// weft-config: what the installation remembers of itself.

import type { Check, CheckCategory } from "#api/check-result.ts";
import { CONFIG_PATH, NAMES } from "#install/names.ts";
import { readValues } from "#install/read-values.ts";
import { type StoredConfig, storedConfig } from "#install/stored-config.ts";
import type { JsonObject } from "#ir/document.ts";
import { failed, namedText, passed, warned } from "./check-of.ts";
import { type CheckWorld, findObject } from "./check-world.ts";
import { compareVersions } from "./compare-versions.ts";

const INSTALL = "`weft install | kubectl apply -f -` installs Weft";

export type ConfigFinding = {
  readonly category: CheckCategory;
  readonly config: StoredConfig | undefined;
};

export async function configChecks(world: CheckWorld): Promise<ConfigFinding> {
  const name = `ConfigMap ${NAMES.config} says what was installed`;
  const found = await findObject(world, CONFIG_PATH);
  const only = (check: Check): ConfigFinding => {
    return { category: { name: "weft-config", checks: [check] }, config: undefined };
  };
  if (found.kind === "missing") return only(failed(name, "there is none", INSTALL));
  if (found.kind === "failed") return only(failed(name, found.reason, "See `kubectl auth whoami`"));
  const config = storedConfig(found.object as JsonObject);
  if (!config) return only(failed(name, "it can't be read", "Apply `weft install` again"));
  const detail = `Weft ${config.version}, profile ${config.profile}, by ${config.installedBy}`;
  const checks = [passed(name, detail), valuesCheck(config), skewCheck(config, world.version)];
  return { category: { name: "weft-config", checks }, config };
}

function valuesCheck({ version, profile, chosen }: StoredConfig): Check {
  const name = "its values are ones that this version knows";
  const files = [{ path: NAMES.config, text: JSON.stringify(chosen) }];
  const read = readValues({ version, profile, kept: {}, files, sets: [] });
  if (read.kind === "ok") return passed(name);
  return failed(name, namedText(read.messages), "`weft upgrade --values` with other values");
}

function skewCheck(config: StoredConfig, version: string): Check {
  const name = "this command is of the version that was installed";
  const order = compareVersions(config.version, version);
  if (order === 0) return passed(name, version);
  const detail = `installed is ${config.version}, this command is ${version}`;
  const hint =
    order < 0 ? "`weft upgrade | kubectl apply -f -`" : `Use the command of ${config.version}`;
  return warned(name, detail, hint);
}

// `weft upgrade`: the manifests of this version, with the values that were chosen before. The
// certificate authority and the tokens are Secrets of the control plane's own: no manifest touches
// them.

import type { Command } from "commander";
import type { ApiError } from "#api/api-error.ts";
import type { Profile } from "#install/default-values.ts";
import { CONFIG_PATH, NAMES } from "#install/names.ts";
import type { StoredConfig } from "#install/stored-config.ts";
import type { JsonObject } from "#ir/document.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import { addCrdOptions, type CrdFlags, partsOf, profileOption } from "./install-command.ts";
import { tellError } from "./mesh-command.ts";
import { printManifests } from "./print-manifests.ts";
import { addClusterOptions, type ClusterFlags, findCluster } from "./reach-mesh.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import { addValueOptions, readValueFlags, type ValueFlags } from "./value-flags.ts";
import { skewRefusal } from "./version-skew.ts";

type Flags = ValueFlags &
  CrdFlags &
  ClusterFlags & {
    readonly profile?: Profile;
    readonly resetValues?: boolean;
    readonly force?: boolean;
    readonly output: "yaml" | "json";
  };

const EXAMPLES = `
Examples:
  weft upgrade | kubectl apply -f -
  weft upgrade --set control.replicas=3 | kubectl apply -f -
  weft upgrade --profile ha --reset-values | kubectl apply -f -`;

export function registerUpgrade(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("upgrade")
    .description("prints the manifests of this version, with the values of the installation")
    .addOption(profileOption())
    .option("--reset-values", "forget the values of before")
    .option("--force", "whatever version is installed")
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => upgrade(surroundings, flags));
  addClusterOptions(addCrdOptions(addValueOptions(command)));
}

async function upgrade(surroundings: Surroundings, flags: Flags): Promise<void> {
  const place = await findCluster(surroundings, flags);
  if (place.kind === "refused") return tellError(surroundings, place.error);
  const before = await readConfig(place.api);
  if (before.kind === "failed") return tellError(surroundings, before.error);
  const { config } = before;
  const { version } = surroundings;
  const refusal = flags.force ? undefined : refusalOf(config, version);
  if (refusal !== undefined) {
    surroundings.error(`${refusal}\n`);
    return surroundings.exit(EXIT.finding);
  }
  const profile = flags.profile ?? config.profile;
  const kept = flags.resetValues ? {} : config.chosen;
  const read = await readValueFlags(surroundings, flags, profile, kept);
  if (!read) return;
  const { installation } = await import("#install/installation.ts");
  const parts = partsOf(flags);
  await printManifests(surroundings, installation({ version, profile, ...read, parts }), flags);
  surroundings.exit(EXIT.ok);
}

function refusalOf(config: StoredConfig, version: string): string | undefined {
  if (config.installedBy === "helm") {
    return "Cannot upgrade what Helm has installed: it keeps the values. Use `helm upgrade`";
  }
  return skewRefusal(config.version, version);
}

async function readConfig(
  api: ClusterApi,
): Promise<
  | { readonly kind: "read"; readonly config: StoredConfig }
  | { readonly kind: "failed"; readonly error: ApiError }
> {
  const { storedConfig } = await import("#install/stored-config.ts");
  const { status, body, reason } = await api.request("GET", CONFIG_PATH);
  const config = status === 200 ? storedConfig(body as JsonObject) : undefined;
  if (config) return { kind: "read", config };
  const where = `in context ${api.access.name}`;
  const why = status === 200 ? `ConfigMap ${NAMES.config} can't be read` : reason;
  const message = `Cannot find an installation of Weft ${where}: ${why}`;
  const remedy = "`weft install | kubectl apply -f -` installs it";
  return { kind: "failed", error: { code: "unavailable", message, remedy } };
}

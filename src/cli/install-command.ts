// `weft install`: the manifests of an installation, for `kubectl apply -f -`. Asks no cluster.

import { type Command, Option } from "commander";
import { PROFILES, type Profile } from "#install/default-values.ts";
import type { Parts } from "#install/installation.ts";
import { printManifests } from "./print-manifests.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import { addValueOptions, readValueFlags, type ValueFlags } from "./value-flags.ts";

export type CrdFlags = {
  readonly crds?: boolean; // only them
  readonly skipCrds?: boolean;
  readonly skipGatewayApiCrds?: boolean;
};

type Flags = ValueFlags &
  CrdFlags & {
    readonly profile: Profile;
    readonly output: "yaml" | "json";
    readonly helmChart?: string;
  };

const EXAMPLES = `
Examples:
  weft install | kubectl apply -f -
  weft install --profile ha --set control.logLevel=debug | kubectl apply -f -
  weft install --crds | kubectl apply -f -      # first, where values set the mesh's own settings
  weft install --values values.yaml --skip-gateway-api-crds > weft.yaml
  weft install --helm-chart ./weft-chart`;

export function registerInstall(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("install")
    .description("prints the manifests of Weft on Kubernetes; asks no cluster")
    .addOption(profileOption().default("default"))
    .option("--helm-chart <dir>", "write a Helm chart there instead, of the same manifests")
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => install(surroundings, flags));
  addCrdOptions(addValueOptions(command));
}

export function profileOption(): Option {
  return new Option("--profile <name>", "ha: three replicas, apart").choices([...PROFILES]);
}

export function addCrdOptions(command: Command): Command {
  return command
    .addOption(new Option("--crds", "only custom resource definitions").conflicts("skipCrds"))
    .option("--skip-crds", "no custom resource definitions")
    .option("--skip-gateway-api-crds", "not those of Gateway API: others have installed them");
}

export function partsOf({ crds, skipCrds, skipGatewayApiCrds }: CrdFlags): Parts {
  return {
    weftCrds: skipCrds !== true,
    gatewayApiCrds: skipCrds !== true && skipGatewayApiCrds !== true,
    controlPlane: crds !== true,
  };
}

async function install(surroundings: Surroundings, flags: Flags): Promise<void> {
  const { version } = surroundings;
  if (flags.helmChart !== undefined) {
    const { writeChart } = await import("./write-chart.ts");
    return writeChart(surroundings, flags.helmChart);
  }
  const read = await readValueFlags(surroundings, flags, flags.profile, {});
  if (!read) return;
  const { installation } = await import("#install/installation.ts");
  const { profile } = flags;
  const parts = partsOf(flags);
  await printManifests(surroundings, installation({ version, profile, ...read, parts }), flags);
  if (parts.weftCrds && parts.controlPlane && Object.keys(read.values["mesh"] ?? {}).length > 0) {
    surroundings.error(ONE_AFTER_ANOTHER);
  }
  surroundings.exit(EXIT.ok);
}

// kubectl looks up all kinds before it creates the first object.
const ONE_AFTER_ANOTHER =
  "The values set the mesh's own settings, as a MeshConfig. Where its definition isn't installed " +
  "yet, apply `weft install --crds` first\n";

// `weft uninstall`: what `kubectl delete -f -` is to remove.

import { type Command, Option } from "commander";
import { printManifests } from "./print-manifests.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = { readonly gatewayApiCrds?: boolean; readonly output: "yaml" | "json" };

const EXAMPLES = `
Examples:
  weft uninstall | kubectl delete -f -
  weft uninstall --gateway-api-crds | kubectl delete -f -   # and everybody's routes with them`;

export function registerUninstall(program: Command, surroundings: Surroundings): void {
  program
    .command("uninstall")
    .description("prints what to delete to remove Weft from a cluster, with its CA and settings")
    .option("--gateway-api-crds", "also Gateway API's definitions, with all objects of its kinds")
    .addOption(new Option("-o, --output <format>").choices(["yaml", "json"]).default("yaml"))
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => uninstall(surroundings, flags));
}

async function uninstall(surroundings: Surroundings, flags: Flags): Promise<void> {
  const { removal } = await import("#install/removal.ts");
  await printManifests(surroundings, removal(flags.gatewayApiCrds === true), flags);
  surroundings.exit(EXIT.ok);
}

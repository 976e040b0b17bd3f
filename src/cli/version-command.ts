// `weft version`: of this command, and of the mesh where one runs.

import type { Command } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { MeshStatus } from "#api/mesh-status.ts";
import { addMeshOptions, askFoundMesh, type MeshFlags } from "./mesh-command.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

const EXAMPLES = `
Examples:
  weft version
  weft version -o json`;

export function registerVersion(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("version")
    .description("the version of this command, and of the mesh where one runs")
    .addHelpText("after", EXAMPLES)
    .action((flags: MeshFlags) => version(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function version(surroundings: Surroundings, flags: MeshFlags): Promise<void> {
  const answer = await askFoundMesh<MeshStatus>(surroundings, flags, { path: ADMIN_PATHS.status });
  const mesh = answer.kind === "ok" ? answer.value : undefined;
  const versions = {
    command: surroundings.version,
    controlPlane: mesh?.version ?? null,
    proxies: mesh?.proxyVersions ?? [],
  };
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, versions, flags.output);
  } else {
    surroundings.out(`weft ${versions.command}\n`);
    surroundings.out(`control plane ${versions.controlPlane ?? "not found"}\n`);
    for (const { version, count } of versions.proxies) {
      surroundings.out(`${count} proxies ${version}\n`);
    }
  }
  surroundings.exit(EXIT.ok);
}

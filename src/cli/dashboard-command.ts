// `weft dashboard`: a link that lets a browser in, once.

import type { Command } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { LoginCode, LoginCodeRequest } from "#api/session.ts";
import { askMesh } from "./ask-mesh.ts";
import { findMesh } from "./find-mesh.ts";
import { addMeshOptions, type MeshFlags, tellError } from "./mesh-command.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

const EXAMPLES = `
Examples:
  weft dashboard
  xdg-open "$(weft dashboard)"`;

export function registerDashboard(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("dashboard")
    .description("prints a link to the dashboard; it works once, for a minute")
    .addHelpText("after", EXAMPLES)
    .action((flags: MeshFlags) => dashboard(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function dashboard(surroundings: Surroundings, flags: MeshFlags): Promise<void> {
  const found = findMesh({ ...surroundings, mesh: flags.mesh });
  if (found.kind === "error") return tellError(surroundings, found.error);
  const body: LoginCodeRequest = { role: "read" };
  const question = { path: ADMIN_PATHS.loginCodes, body };
  const answer = await askMesh<LoginCode>(found.value, question);
  if (answer.kind === "error") return tellError(surroundings, answer.error);
  const url = new URL(answer.value.path, found.value.adminUrl).href;
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, { url, expiresAtMs: answer.value.expiresAtMs }, flags.output);
  } else {
    surroundings.out(`${url}\n`);
  }
  surroundings.exit(EXIT.ok);
}

// `weft dashboard`: a link that lets a browser in, once.

import type { Duplex } from "node:stream";
import type { Command } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { LoginCode, LoginCodeRequest } from "#api/session.ts";
import { PORTS } from "#install/names.ts";
import { askMesh } from "./ask-mesh.ts";
import { addMeshOptions, type MeshFlags, tellError } from "./mesh-command.ts";
import { printData } from "./print-rows.ts";
import { reachMesh } from "./reach-mesh.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & { readonly write?: boolean };

const EXAMPLES = `
Examples:
  weft dashboard
  weft dashboard --write      one that may change the mesh, too
  xdg-open "$(weft dashboard)"`;

export function registerDashboard(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("dashboard")
    .description("a link to the dashboard, that works once; of a cluster's, until Ctrl-C")
    .option("--write", "for a session that may change the mesh")
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => dashboard(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function dashboard(surroundings: Surroundings, flags: Flags): Promise<void> {
  const found = await reachMesh(surroundings, flags);
  if (found.kind === "error") return tellError(surroundings, found.error);
  const body: LoginCodeRequest = { role: flags.write ? "write" : "read" };
  const question = { path: ADMIN_PATHS.loginCodes, body };
  const answer = await askMesh<LoginCode>(found.value, question);
  if (answer.kind === "error") return tellError(surroundings, answer.error);
  const { inCluster, adminUrl } = found.value;
  const base = inCluster ? await forwarded(inCluster.connect) : adminUrl;
  const url = new URL(answer.value.path, base).href;
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, { url, expiresAtMs: answer.value.expiresAtMs }, flags.output);
  } else {
    surroundings.out(`${url}\n`);
  }
  if (inCluster) surroundings.error("Forwarded until Ctrl-C\n");
  surroundings.exit(EXIT.ok);
}

async function forwarded(connect: () => Promise<Duplex>): Promise<string> {
  const { forwardPort } = await import("./forward-port.ts");
  const { port } = await forwardPort(PORTS.admin, connect);
  return `http://127.0.0.1:${port}`;
}

// What every command has that asks a running mesh and prints what it says.

import { type Command, Option } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import { type AskedMesh, askMesh, type Question } from "./ask-mesh.ts";
import { addReachOptions, type ReachFlags, reachMesh } from "./reach-mesh.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

export type Format = "table" | "wide" | "json" | "yaml";

export type MeshFlags = ReachFlags & { readonly output: Format };

export function addMeshOptions(command: Command, formats: readonly Format[]): Command {
  const output = new Option("-o, --output <format>", "how to print").choices([...formats]);
  return addReachOptions(command.addOption(output.default(formats[0])));
}

// Undefined where it failed; the reason is printed and the exit code set.
export async function askAndTell<Value>(
  surroundings: Surroundings,
  flags: MeshFlags,
  question: Question,
): Promise<Value | undefined> {
  const answer = await askFoundMesh<Value>(surroundings, flags, question);
  if (answer.kind === "ok") return answer.value;
  tellError(surroundings, answer.error);
  return undefined;
}

export async function askFoundMesh<Value>(
  surroundings: Surroundings,
  flags: MeshFlags,
  question: Question,
): Promise<Answer<Value>> {
  const found = await reachMesh(surroundings, flags);
  if (found.kind === "error") return found;
  if (OF_ONE_REPLICA.includes(question.path)) tellPart(surroundings, found.value);
  return askMesh(found.value, question);
}

// To people, of what only some proxies have said.
export function tellPart({ error }: Surroundings, { inCluster }: AskedMesh): void {
  if (!inCluster || inCluster.replicas < 2) return;
  error(
    `Asked ${inCluster.name}, one of ${inCluster.replicas} replicas: ` +
      "it knows what the proxies that are connected to it report\n",
  );
}

// A proxy reports to the replica that it is connected to, and to no other.
const OF_ONE_REPLICA: readonly string[] = [
  ...[ADMIN_PATHS.stat, ADMIN_PATHS.edges, ADMIN_PATHS.routes, ADMIN_PATHS.top],
  ...[ADMIN_PATHS.explainPast, ADMIN_PATHS.proxies],
];

export function tellError(surroundings: Surroundings, { code, message, remedy }: ApiError): void {
  surroundings.error(`${message}\n${remedy ? `${remedy}\n` : ""}`);
  surroundings.exit(EXIT_OF[code] ?? EXIT.finding);
}

const EXIT_OF: Readonly<Partial<Record<ApiError["code"], (typeof EXIT)[keyof typeof EXIT]>>> = {
  "request-invalid": EXIT.usage,
  unavailable: EXIT.unreachable,
  unauthenticated: EXIT.unreachable,
  forbidden: EXIT.unreachable,
  "host-forbidden": EXIT.unreachable,
};

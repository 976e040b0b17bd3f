// `weft describe`: everything that the mesh knows of one object, for people.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { ObjectStatus } from "#api/object-status.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { descriptionText } from "./description-text.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { parseKind } from "./parse-kind.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & { readonly namespace?: string };

// A workload that joined stands in no document.
export type Description = {
  readonly object: ObjectStatus | null;
  readonly workload: WorkloadRow | null;
};

const EXAMPLES = `
Examples:
  weft describe httproute reviews
  weft describe svc/reviews -n bookshop
  weft describe workload reviews-v1 -o json`;

export function registerDescribe(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("describe")
    .description("one object: where it stands, how it fares, and what is wrong with it")
    .argument("<kind>", "workload, service, httproute, vs, ...; or kind/name")
    .argument("[name]", "its name")
    .option("-n, --namespace <name>", "its namespace (default: any)")
    .addHelpText("after", EXAMPLES)
    .action((kind: string, name: string | undefined, flags: Flags) => {
      const [kindWord = "", inKind] = kind.split("/", 2);
      const named = name ?? inKind;
      if (named === undefined) return command.error("error: say the name, too");
      return describe(surroundings, parseKind(kindWord), named, flags);
    });
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function describe(
  surroundings: Surroundings,
  kind: string,
  name: string,
  flags: Flags,
): Promise<void> {
  const { namespace, output } = flags;
  const asked = { path: ADMIN_PATHS.objects, query: { kind, name, namespace } };
  const objects = await askAndTell<Rows<ObjectStatus>>(surroundings, flags, asked);
  if (!objects) return;
  const workloads = kind === "workload" ? await workloadsOf(surroundings, name, flags) : [];
  if (!workloads) return;
  const found = descriptionsOf(objects.rows, workloads);
  if (output === "json" || output === "yaml") await printData(surroundings, found, output);
  else if (found.length === 0) surroundings.error(`There is no ${kind} "${name}" in the mesh\n`);
  else surroundings.out(found.map(descriptionText).join("\n"));
  surroundings.exit(found.length === 0 ? EXIT.finding : EXIT.ok);
}

async function workloadsOf(
  surroundings: Surroundings,
  name: string,
  flags: Flags,
): Promise<readonly WorkloadRow[] | undefined> {
  const { namespace } = flags;
  const question = { path: ADMIN_PATHS.workloads, query: { namespace } };
  const answer = await askAndTell<Rows<WorkloadRow>>(surroundings, flags, question);
  return answer?.rows.filter((row) => row.name === name || row.pod === name);
}

function descriptionsOf(
  objects: readonly ObjectStatus[],
  workloads: readonly WorkloadRow[],
): Description[] {
  const rowOf = ({ namespace }: { readonly namespace: string }) =>
    workloads.find((row) => row.namespace === namespace) ?? null;
  const alone = workloads.filter(
    (row) => !objects.some(({ namespace }) => namespace === row.namespace),
  );
  return [
    ...objects.map((object) => ({ object, workload: rowOf(object) })),
    ...alone.map((workload) => ({ object: null, workload })),
  ];
}

// `weft get`: what the mesh knows, with a status for each object.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { MeshChange } from "#api/mesh-change.ts";
import type { ObjectStatus } from "#api/object-status.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Question } from "./ask-mesh.ts";
import {
  CHANGE_COLUMNS,
  DIAGNOSTIC_COLUMNS,
  ENTRY_COLUMNS,
  OBJECT_COLUMNS,
  ROUTE_COLUMNS,
  SERVICE_COLUMNS,
  WORKLOAD_COLUMNS,
} from "./get-columns.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { parseKind } from "./parse-kind.ts";
import { type Printing, printRows } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & { readonly namespace?: string };
type Wanted = { readonly name: string | undefined; readonly flags: Flags };

const GATEWAY_ROUTES = ["httproute", "grpcroute", "tlsroute", "tcproute"];

const EXAMPLES = `
Examples:
  weft get
  weft get workloads -o wide
  weft get services
  weft get serviceentries
  weft get virtualservice reviews -o yaml
  weft get diagnostics
  weft get changes                                # what changed lately`;

export function registerGet(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("get")
    .description(
      "objects in the documents and what became of them; workloads; diagnostics; changes",
    )
    .argument("[kind]", "workloads, diagnostics, changes, or a kind such as vs; default: all")
    .argument("[name]", "only this one")
    .option("-n, --namespace <name>", "only this namespace")
    .addHelpText("after", EXAMPLES)
    .action((kind: string | undefined, name: string | undefined, flags: Flags) =>
      get(surroundings, kind, { name, flags }),
    );
  addMeshOptions(command, ["table", "wide", "json", "yaml"]);
}

async function get(
  surroundings: Surroundings,
  words: string | undefined,
  wanted: Wanted,
): Promise<void> {
  const [kindWord, nameInKind] = words?.split("/", 2) ?? [];
  const name = wanted.name ?? nameInKind;
  const kind = kindWord === undefined ? undefined : parseKind(kindWord);
  const { namespace } = wanted.flags;
  switch (kind) {
    case "workload":
      return tell<WorkloadRow>(
        surroundings,
        { path: ADMIN_PATHS.workloads, query: { namespace } },
        {
          ...WORKLOAD_COLUMNS,
          flags: wanted.flags,
          isWanted: (row) => name === undefined || row.name === name || row.pod === name,
        },
      );
    case "diagnostic":
      return tell<Diagnostic>(
        surroundings,
        { path: ADMIN_PATHS.diagnostics },
        {
          ...DIAGNOSTIC_COLUMNS,
          flags: wanted.flags,
          isWanted: ({ ref }) => isNamed(ref, namespace, name),
        },
      );
    case "change":
      return tell<MeshChange>(
        surroundings,
        { path: ADMIN_PATHS.changes },
        {
          ...CHANGE_COLUMNS,
          flags: wanted.flags,
          isWanted: ({ objects }) => objects.some((one) => isNamed(one, namespace, name)),
        },
      );
    default: {
      const query = { kind, name, namespace };
      return tell<ObjectStatus>(
        surroundings,
        { path: ADMIN_PATHS.objects, query },
        {
          ...columnsOf(kind),
          flags: wanted.flags,
          isWanted: () => true,
          isNamed: name !== undefined,
        },
      );
    }
  }
}

// Undefined: any, or none that is known.
function isNamed(
  one: { readonly namespace: string; readonly name: string } | undefined,
  namespace: string | undefined,
  name: string | undefined,
): boolean {
  return (
    (name === undefined || one?.name === name) &&
    (namespace === undefined || one?.namespace === namespace)
  );
}

function columnsOf(kind: string | undefined) {
  if (kind === "service") return SERVICE_COLUMNS;
  if (kind === "serviceentry") return ENTRY_COLUMNS;
  return GATEWAY_ROUTES.includes(kind ?? "") ? ROUTE_COLUMNS : OBJECT_COLUMNS;
}

type Telling<Row> = Omit<Printing<Row>, "format"> & {
  readonly flags: Flags;
  readonly isNamed?: boolean;
  isWanted(row: Row): boolean;
};

async function tell<Row>(
  surroundings: Surroundings,
  question: Question,
  telling: Telling<Row>,
): Promise<void> {
  const answer = await askAndTell<Rows<Row>>(surroundings, telling.flags, question);
  if (!answer) return;
  const rows = answer.rows.filter((row) => telling.isWanted(row));
  await printRows(surroundings, rows, { ...telling, format: telling.flags.output });
  surroundings.exit(rows.length === 0 && telling.isNamed ? EXIT.finding : EXIT.ok);
}

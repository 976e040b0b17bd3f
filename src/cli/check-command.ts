// `weft check`: health of a running mesh, grouped, each failure with a hint.

import type { Command } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import type { Check, CheckResult } from "#api/check-result.ts";
import { addMeshOptions, askFoundMesh, type MeshFlags } from "./mesh-command.ts";
import { type Colour, paint } from "./paint.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

const EXAMPLES = `
Examples:
  weft check
  weft check -o json`;

const MARKS: Readonly<Record<Check["state"], { readonly mark: string; readonly colour: Colour }>> =
  {
    pass: { mark: "√", colour: "green" },
    warning: { mark: "‼", colour: "yellow" },
    failure: { mark: "×", colour: "red" },
  };

export function registerCheck(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("check")
    .description("whether the mesh is well; exits with 1 where a check fails")
    .addHelpText("after", EXAMPLES)
    .action((flags: MeshFlags) => check(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function check(surroundings: Surroundings, flags: MeshFlags): Promise<void> {
  const answer = await askFoundMesh<CheckResult>(surroundings, flags, { path: ADMIN_PATHS.check });
  const result = answer.kind === "ok" ? answer.value : withoutMesh(answer.error);
  const all = result.categories.flatMap(({ checks }) => checks);
  const hasFailed = all.some(({ state }) => state === "failure");
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, result, flags.output);
  } else {
    surroundings.out(checkText(surroundings, result));
    surroundings.out(`Status check results are ${markOf(surroundings, hasFailed)}\n`);
  }
  surroundings.exit(hasFailed ? EXIT.finding : EXIT.ok);
}

// That there is a mesh is the first check of all.
function withoutMesh({ message, remedy }: ApiError): CheckResult {
  const check: Check = {
    name: "the mesh answers",
    state: "failure",
    detail: message,
    hint: remedy,
  };
  return { categories: [{ name: "mesh-existence", checks: [check] }] };
}

function checkText(surroundings: Surroundings, { categories }: CheckResult): string {
  return categories
    .map(({ name, checks }) => {
      const lines = checks.map((one) => lineOf(surroundings, one));
      return `${name}\n${"-".repeat(name.length)}\n${lines.join("")}\n`;
    })
    .join("");
}

function lineOf(surroundings: Surroundings, { name, state, detail, hint }: Check): string {
  const { mark, colour } = MARKS[state];
  const lines = [`${paint(surroundings, colour, mark)} ${name}`];
  if (state !== "pass" && detail !== "") lines.push(`    ${detail}`);
  if (state !== "pass" && hint !== null) lines.push(`    hint: ${hint}`);
  return `${lines.join("\n")}\n`;
}

function markOf(surroundings: Surroundings, hasFailed: boolean): string {
  const { mark, colour } = MARKS[hasFailed ? "failure" : "pass"];
  return paint(surroundings, colour, mark);
}

// `weft check`: health of a running mesh, grouped, each failure with a hint.

import { setTimeout as wait } from "node:timers/promises";
import { type Command, Option } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import type { Check, CheckResult } from "#api/check-result.ts";
import { systemClock } from "#base/clock.ts";
import { askMesh } from "./ask-mesh.ts";
import { type Colour, paint } from "./paint.ts";
import { parseDuration } from "./parse-duration.ts";
import { printData } from "./print-rows.ts";
import { addReachOptions, findCluster, findPlace, type ReachFlags } from "./reach-mesh.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = ReachFlags & {
  readonly pre?: boolean;
  readonly proxy?: boolean;
  readonly namespace?: string;
  readonly wait: number;
  readonly output: "table" | "short" | "json" | "yaml";
};

const EXAMPLES = `
Examples:
  weft check                    # the mesh here, else the one in the cluster
  weft check --pre              # may Weft be installed in the cluster?
  weft check --wait 2m          # until all is well
  weft check --proxy -n shop    # looks into the pods of a namespace
  weft check -o json`;

const AGAIN_MS = 2_000;

const MARKS: Readonly<Record<Check["state"], { readonly mark: string; readonly colour: Colour }>> =
  {
    pass: { mark: "√", colour: "green" },
    warning: { mark: "‼", colour: "yellow" },
    failure: { mark: "×", colour: "red" },
  };

export function registerCheck(program: Command, surroundings: Surroundings): void {
  const formats = ["table", "short", "json", "yaml"];
  const output = new Option("-o, --output <format>", "short: only what isn't well");
  const command = program
    .command("check")
    .description("whether the mesh is well; exits with 1 where a check fails")
    .option("--pre", "whether it can be installed in a cluster")
    .option("--proxy", "in a cluster: look into every pod that has a proxy")
    .option("-n, --namespace <name>", "in a cluster: only pods of this namespace")
    .option("--wait <duration>", "ask again until nothing fails, at most so long", parseDuration, 0)
    .addOption(output.choices(formats).default("table"))
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => check(surroundings, flags));
  addReachOptions(command);
}

async function check(surroundings: Surroundings, flags: Flags): Promise<void> {
  const endMs = systemClock.nowMs() + flags.wait;
  let result = await resultOf(surroundings, flags);
  while (hasFailed(result) && systemClock.nowMs() + AGAIN_MS < endMs) {
    await wait(AGAIN_MS);
    result = await resultOf(surroundings, flags);
  }
  const isIll = hasFailed(result);
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, result, flags.output);
  } else {
    surroundings.out(
      checkText(surroundings, flags.output === "short" ? shortened(result) : result),
    );
    surroundings.out(`Status check results are ${markOf(surroundings, isIll)}\n`);
  }
  surroundings.exit(isIll ? EXIT.finding : EXIT.ok);
}

async function resultOf(surroundings: Surroundings, flags: Flags): Promise<CheckResult> {
  const place = flags.pre
    ? await findCluster(surroundings, flags)
    : await findPlace(surroundings, flags);
  if (place.kind === "refused")
    return unreached("kubernetes-api", "a cluster is known", place.error);
  if (place.kind === "here") {
    const { mesh } = place;
    const answer =
      mesh.kind === "ok"
        ? await askMesh<CheckResult>(mesh.value, { path: ADMIN_PATHS.check })
        : mesh;
    if (answer.kind === "ok") return answer.value;
    return unreached("mesh-existence", "the mesh answers", answer.error);
  }
  const { clusterChecks, preChecks } = await import("./cluster-checks/cluster-checks.ts");
  const { namespace } = flags;
  const world = {
    ...{ api: place.api, version: surroundings.version, wallMs: systemClock.wallMs() },
    ...(namespace !== undefined && { namespace }),
  };
  return flags.pre ? preChecks(world) : clusterChecks(world, flags.proxy === true);
}

// That there is something to look at is the first check of all.
function unreached(category: string, name: string, { message, remedy }: ApiError): CheckResult {
  const check: Check = { name, state: "failure", detail: message, hint: remedy };
  return { categories: [{ name: category, checks: [check] }] };
}

function hasFailed({ categories }: CheckResult): boolean {
  return categories.some(({ checks }) => checks.some(({ state }) => state === "failure"));
}

function shortened({ categories }: CheckResult): CheckResult {
  return {
    categories: categories
      .map(({ name, checks }) => ({ name, checks: checks.filter(({ state }) => state !== "pass") }))
      .filter(({ checks }) => checks.length > 0),
  };
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

function markOf(surroundings: Surroundings, isIll: boolean): string {
  const { mark, colour } = MARKS[isIll ? "failure" : "pass"];
  return paint(surroundings, colour, mark);
}

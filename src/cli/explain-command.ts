// `weft explain`: where a request would go, and why.

import { type Command, InvalidArgumentError } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ExplainRequest, Explanation, HeaderPair } from "#api/explanation.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & {
  readonly from?: string;
  readonly to: string;
  readonly method: string;
  readonly authority?: string;
  readonly path: string;
  readonly header: readonly HeaderPair[];
};

const EXAMPLES = `
Examples:
  weft explain --to reviews:9080 --path /reviews/7
  weft explain --from web --to reviews:9080 -H 'end-user: jason' -o json`;

export function registerExplain(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("explain")
    .description("where a request would go, and why; exits with 1 where it would go nowhere")
    .option("--from <workload>", "who asks (default: anybody)")
    .requiredOption("--to <service:port>", "whom: reviews:9080 or reviews.bookshop:9080")
    .option("--method <method>", "its method", "GET")
    .option("--authority <host>", "its Host or :authority (default: as --to)")
    .option("--path <path>", "its path, with query", "/")
    .option("-H, --header <header>", "'name: value'; again for more", addHeader, [])
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags) => explain(surroundings, flags));
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function explain(surroundings: Surroundings, flags: Flags): Promise<void> {
  const { from, to, method, authority, path, header } = flags;
  const body: ExplainRequest = { from, to, method, authority, path, headers: header };
  const question = { path: ADMIN_PATHS.explain, body };
  const explanation = await askAndTell<Explanation>(surroundings, flags, question);
  if (!explanation) return;
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, explanation, flags.output);
  } else {
    const { explanationText } = await import("#insight/explanation-text.ts");
    surroundings.out(explanationText(explanation));
  }
  surroundings.exit(isTaken(explanation) ? EXIT.ok : EXIT.finding);
}

function isTaken(explanation: Explanation): boolean {
  return explanation.kind === "explained" && explanation.outcome.kind !== "answer";
}

function addHeader(text: string, before: readonly HeaderPair[]): readonly HeaderPair[] {
  const colon = text.indexOf(":");
  if (colon < 1) throw new InvalidArgumentError("a header is like 'end-user: jason'");
  const name = text.slice(0, colon).trim().toLowerCase();
  return [...before, [name, text.slice(colon + 1).trim()]];
}

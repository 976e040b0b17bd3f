// `weft explain`: where a request would go, and why.

import { type Command, InvalidArgumentError } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ExplainRequest, Explanation, HeaderPair } from "#api/explanation.ts";
import type { PastExplanation } from "#api/past-explanation.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

type Flags = MeshFlags & {
  readonly from?: string;
  readonly to?: string;
  readonly method: string;
  readonly authority?: string;
  readonly path: string;
  readonly serverName?: string;
  readonly header: readonly HeaderPair[];
};

const EXAMPLES = `
Examples:
  weft explain --to reviews:9080 --path /reviews/7
  weft explain --from web --to reviews:9080 -H 'end-user: jason' -o json
  weft explain 7e0c6a52-3a0e-4d8b-a1c5-1f0a0b9e2d11   # the x-request-id of an answer`;

export function registerExplain(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("explain")
    .description("where a request would go or has gone, and why; exits with 1 if nowhere")
    .argument("[request-id]", "x-request-id of an answer of the last minutes; without it --to says")
    .option("--from <workload>", "who asks (default: anybody)")
    .option("--to <service:port>", "whom: reviews:9080 or reviews.bookshop:9080")
    .option("--method <method>", "its method", "GET")
    .option("--authority <host>", "its Host or :authority (default: as --to)")
    .option("--path <path>", "its path, with query", "/")
    .option("--server-name <host>", "of a connection: whom its ClientHello names (SNI)")
    .option("-H, --header <header>", "'name: value'; again for more", addHeader, [])
    .addHelpText("after", EXAMPLES)
    .action((requestId: string | undefined, flags: Flags) => {
      if (requestId !== undefined) return explainPast(surroundings, requestId, flags);
      if (flags.to !== undefined) return explain(surroundings, flags.to, flags);
      return command.error("error: say --to, or the id of a request");
    });
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function explain(surroundings: Surroundings, to: string, flags: Flags): Promise<void> {
  const { from, method, authority, path, serverName, header } = flags;
  const asked = { from, to, method, authority, path, serverName };
  const body: ExplainRequest = { ...asked, headers: header };
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

async function explainPast(surroundings: Surroundings, id: string, flags: Flags): Promise<void> {
  const question = { path: ADMIN_PATHS.explainPast, query: { id } };
  const explanation = await askAndTell<PastExplanation>(surroundings, flags, question);
  if (!explanation) return;
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, explanation, flags.output);
  } else {
    const { pastText } = await import("#insight/past-text.ts");
    surroundings.out(pastText(explanation));
  }
  surroundings.exit(explanation.hops.every(({ cause }) => cause === null) ? EXIT.ok : EXIT.finding);
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

// `weft tap`: requests as they happen.

import { type Command, InvalidArgumentError, Option } from "commander";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { TappedEvent, TapQuery, TapUntold } from "#api/tap.ts";
import { harmlessText } from "#base/harmless-text.ts";
import { LIMITS } from "#base/limits.ts";
import { parseByteSize } from "#ir/byte-size.ts";
import { addMeshOptions, type MeshFlags, tellError, tellPart } from "./mesh-command.ts";
import { parseResource } from "./parse-resource.ts";
import { reachMesh } from "./reach-mesh.ts";
import { streamMesh } from "./stream-mesh.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import {
  parseHeader,
  parseLatency,
  parseParty,
  parseStatus,
  type TapFilterFlags,
  tapFilter,
} from "./tap-filter-flags.ts";
import { TapLines } from "./tap-lines.ts";

type Flags = MeshFlags &
  TapFilterFlags & {
    readonly namespace?: string;
    readonly maxRps: number;
    readonly body?: true;
    readonly bodyMax?: number;
    readonly for?: number;
  };

const EXAMPLES = `
Examples:
  weft tap deploy/reviews-v1
  weft tap svc/reviews --path /reviews --method GET --status 5xx
  weft tap ns/bookshop --to svc/ratings --min-latency 250ms -o json
  weft tap svc/orders --method POST --body-max 16Ki`;

export function registerTap(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("tap")
    .description("live requests of a workload, a service or a namespace, until Ctrl-C")
    .argument("[resource...]", "deploy/NAME, svc/NAME, ns/NAME; default: everything")
    .option("-n, --namespace <name>", "only this namespace")
    .option("--to <resource>", "only requests to it: deploy/NAME, svc/NAME, ns/NAME", parseParty)
    .option("--to-namespace <name>", "only requests to this namespace")
    .option("--from <resource>", "only requests from it", parseParty)
    .option("--from-namespace <name>", "only requests from this namespace")
    .addOption(new Option("--direction <side>", "which side sees it").choices(["in", "out"]))
    .option("--method <method...>", "only these methods")
    .addOption(new Option("--scheme <scheme>", "only this one").choices(["http", "https"]))
    .option("--authority <host>", "only for this host, with or without its port")
    .option("--path <prefix>", "only paths that begin so")
    .option("--header <name[=value]>", "only with this header; may be repeated", parseHeader)
    .option("--status <status>", "503, 5xx or 500-504: told when it is over", parseStatus)
    .option("--min-latency <duration>", "250ms: told when it is over", parseLatency)
    .option("--max-rps <number>", "requests a second at most", parseRate, 100)
    .option("--body", "with bodies, as far as the MeshConfig allows; needs role write")
    .option("--body-max <size>", "up to so much of each: 512, 16Ki (default: 4Ki)", parseBodyMax)
    .option("--for <duration>", "end after that: 250ms, 10s", parseLatency)
    .addHelpText("after", EXAMPLES)
    .action((words: readonly string[], flags: Flags) => tap(surroundings, words, flags));
  addMeshOptions(command, ["table", "wide", "json"]);
}

async function tap(
  surroundings: Surroundings,
  words: readonly string[],
  flags: Flags,
): Promise<void> {
  const parsed = parseResource(words);
  if (parsed.kind === "invalid") {
    surroundings.error(`${parsed.message}\n`);
    return surroundings.exit(EXIT.usage);
  }
  const found = await reachMesh(surroundings, flags);
  if (found.kind === "error") return tellError(surroundings, found.error);
  tellPart(surroundings, found.value);
  const body = queryOf(parsed.resource, words, flags);
  const lines = new TapLines(flags.output === "wide");
  const signal = endOf(flags.for);
  const question = { path: ADMIN_PATHS.tap, body, needsWrite: body.bodyBytesMax !== undefined };
  let untold = 0;
  const error = await streamMesh(found.value, question, signal, ({ name, data }) => {
    const event = JSON.parse(data) as TappedEvent | TapUntold;
    if ("untold" in event) untold += event.untold;
    else if (flags.output === "json") surroundings.out(`${harmlessText(data)}\n`);
    else if (name === event.phase) surroundings.out(`${lines.line(event)}\n`);
  });
  if (untold > 0) {
    surroundings.error(`${untold} more requests were beyond --max-rps ${flags.maxRps}\n`);
  }
  if (error) return tellError(surroundings, error);
  surroundings.exit(EXIT.ok);
}

function queryOf(
  { kind, name }: { readonly kind: TapQuery["kind"]; readonly name: string | undefined },
  words: readonly string[],
  flags: Flags,
): TapQuery {
  const { namespace, maxRps, body, bodyMax } = flags;
  const isWithBodies = body === true || bodyMax !== undefined;
  return {
    // Nothing named: everything.
    kind: words.length === 0 && namespace === undefined ? "namespace" : kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    perSecondMax: maxRps,
    ...(isWithBodies && { bodyBytesMax: bodyMax ?? LIMITS.tapBodyBytes }),
    filter: tapFilter(flags),
  };
}

function endOf(forMs: number | undefined): AbortSignal {
  const ending = new AbortController();
  process.once("SIGINT", () => ending.abort());
  process.once("SIGTERM", () => ending.abort());
  const timed = forMs === undefined ? [] : [AbortSignal.timeout(forMs)];
  return AbortSignal.any([ending.signal, ...timed]);
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= 1000) return rate;
  throw new InvalidArgumentError("must be a whole number from 1 to 1000");
}

function parseBodyMax(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes >= 1 && bytes <= LIMITS.tapBodyBytesMax) return bytes;
  throw new InvalidArgumentError(`must be from 1 to ${LIMITS.tapBodyBytesMax / 1024}Ki`);
}

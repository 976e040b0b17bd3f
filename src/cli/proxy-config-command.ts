// `weft proxy-config`: what a proxy runs on.

import type { Command } from "commander";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { HeldPlan, ProxyConfig } from "#api/proxy-config.ts";
import { addMeshOptions, askAndTell, type MeshFlags } from "./mesh-command.ts";
import { kindNamed } from "./parse-resource.ts";
import { printData } from "./print-rows.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";
import { type Column, tableText } from "./table-text.ts";

type Flags = MeshFlags & { readonly namespace?: string };
type Line = { readonly key: string; readonly plan: string; readonly hash: string };

const EXAMPLES = `
Examples:
  weft proxy-config web
  weft proxy-config reviews-v1-5d9c8-x7k2p -n bookshop
  weft proxy-config deploy/reviews-v1 -n bookshop -o yaml   # the plans, whole`;

const COLUMNS: readonly Column<Line>[] = [
  { title: "KEY", text: ({ key }) => key },
  { title: "PLAN", text: ({ plan }) => plan },
  { title: "HASH", text: ({ hash }) => hash },
];

export function registerProxyConfig(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("proxy-config")
    .description("what a proxy runs on: its plans with their hashes, its identity; never a key")
    .argument("<workload>", "or a pod: NAME, deploy/NAME, pod/NAME")
    .option("-n, --namespace <name>", "its namespace (default: any)")
    .addHelpText("after", EXAMPLES)
    .action((word: string, flags: Flags) => {
      const [first = "", second] = word.split("/", 2);
      if (second !== undefined && kindNamed(first) !== "workload") {
        return command.error(`error: "${word}" must be like NAME, deploy/NAME or pod/NAME`);
      }
      return proxyConfig(surroundings, second ?? first, flags);
    });
  addMeshOptions(command, ["table", "json", "yaml"]);
}

async function proxyConfig(surroundings: Surroundings, name: string, flags: Flags): Promise<void> {
  const query = { name, namespace: flags.namespace };
  const question = { path: ADMIN_PATHS.proxies, query };
  const answer = await askAndTell<Rows<ProxyConfig>>(surroundings, flags, question);
  if (!answer) return;
  const { rows } = answer;
  if (flags.output === "json" || flags.output === "yaml") {
    await printData(surroundings, rows, flags.output);
  } else if (rows.length > 0) surroundings.out(rows.map(configText).join("\n"));
  if (rows.length === 0) {
    surroundings.error(`No proxy of "${name}" is connected to the control plane\n`);
  }
  surroundings.exit(rows.length === 0 ? EXIT.finding : EXIT.ok);
}

function configText(config: ProxyConfig): string {
  const { namespace, name, pod, version, identity, keys, inbound } = config;
  const { revisionTold: told, revisionAcknowledged: acknowledged } = config;
  const outbound = new Map(config.outbound.map((plan) => [plan.id, plan]));
  const lines = [
    ...(inbound ? [lineOf("(inbound)", inbound)] : []),
    ...keys.map(({ key, plan }) => lineOf(key, outbound.get(plan ?? ""))),
  ];
  const of = pod === null ? "" : ` of ${name}`;
  const missing = acknowledged >= told ? "" : `, has been told ${told}`;
  return [
    `Proxy ${namespace}/${pod ?? name}${of}, version ${version}`,
    `Revision ${acknowledged}${missing}`,
    `Identity ${identity ?? "unknown"}${untilText(config.certificateExpiresAtMs)}`,
    "",
    tableText(COLUMNS, lines),
  ].join("\n");
}

// Nothing answers to a key without a plan.
function lineOf(key: string, plan: HeldPlan | undefined): Line {
  return { key, plan: plan?.id ?? "", hash: plan?.hash ?? "" };
}

function untilText(atMs: number | null): string {
  return atMs === null ? "" : `, certificate until ${new Date(atMs).toISOString()}`;
}

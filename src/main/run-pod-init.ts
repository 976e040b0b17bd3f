// The composition of what makes, proves or removes the rules of interception of one pod.

import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { checkRules, type FamilyCheck } from "#proxy/interception/check-rules.ts";
import { ipFamilies } from "#proxy/interception/ip-families.ts";
import { installRules, removeRules } from "#proxy/interception/iptables.ts";
import type { RuleFamily, RuleSettings } from "#proxy/interception/rule-settings.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { type Environment, podRules } from "./pod-rules.ts";

const EXIT = { ok: 0, finding: 1, usage: 2 } as const;
const INTERFACES = "/proc/net/if_inet6";

const USAGE = `Usage: pod-init [--check | --remove] [--json]
  without a flag: make the rules and prove them
  --check   prove them; exit code 1 where they are not as WEFT_SETTINGS says
  --remove  take them away
  --json    with --check: one object, {"isInForce": true, "families": [...]}`;

type Say = (text: string) => void;

// The exit code.
export async function runPodInit(
  args: readonly string[],
  environment: Environment,
  say: Say,
): Promise<number> {
  const flags = new Set(args);
  const unknown = args.find((arg) => !["--check", "--remove", "--json"].includes(arg));
  if (unknown !== undefined || (flags.has("--check") && flags.has("--remove"))) {
    say(unknown === undefined ? USAGE : `There is no flag ${unknown}\n${USAGE}`);
    return EXIT.usage;
  }
  try {
    const rules = podRules(environment);
    if (flags.has("--remove")) return remove(say);
    const isChecking = flags.has("--check");
    if (!isChecking && !install(rules, say)) return EXIT.finding;
    return await check(rules, say, flags.has("--json"));
  } catch (error) {
    say(`Cannot go on: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.finding;
  }
}

// False where what it could not do lets connections pass the proxy by.
function install(rules: RuleSettings, say: Say): boolean {
  const { hasIPv6, needsIPv6 } = ipFamilies(systemFiles.read(INTERFACES));
  for (const family of hasIPv6 ? (["IPv4", "IPv6"] as const) : (["IPv4"] as const)) {
    const outcome = installRules(rules, family);
    if (outcome.kind === "done") {
      say(`Made the rules for ${family} (${outcome.by})`);
      continue;
    }
    const reasons = outcome.reasons.join("; ");
    say(`Cannot make the rules for ${family}: ${reasons}`);
    if (family === "IPv4" || needsIPv6) return false;
    say("This pod has no address of IPv6 beyond its own link, so that nothing passes them by");
  }
  if (!hasIPv6) say("This kernel has no IPv6: there are no rules for it");
  return true;
}

function remove(say: Say): number {
  const { hasIPv6 } = ipFamilies(systemFiles.read(INTERFACES));
  const families: readonly RuleFamily[] = hasIPv6 ? ["IPv4", "IPv6"] : ["IPv4"];
  const outcomes = families.map((family) => {
    const outcome = removeRules(family);
    if (outcome.kind === "done") say(`Removed the rules for ${family} (${outcome.by})`);
    else say(`Cannot remove the rules for ${family}: ${outcome.reasons.join("; ")}`);
    return outcome.kind;
  });
  return outcomes[0] === "done" ? EXIT.ok : EXIT.finding;
}

async function check(rules: RuleSettings, say: Say, isJson: boolean): Promise<number> {
  const { needsIPv6 } = ipFamilies(systemFiles.read(INTERFACES));
  const tools = { clock: systemClock, dial: netDial(systemClock), listen: netListen };
  const families = [await checkRules(tools, rules, "IPv4")];
  if (needsIPv6) families.push(await checkRules(tools, rules, "IPv6"));
  const isInForce = families.every((family) => family.isInForce);
  say(isJson ? JSON.stringify({ isInForce, families }) : families.map(familyText).join("\n"));
  return isInForce ? EXIT.ok : EXIT.finding;
}

function familyText({ family, isInForce, connection, differences, by }: FamilyCheck): string {
  const read =
    differences === undefined
      ? `can't be read (${by})`
      : differences.length === 0
        ? `are as they should be (${by})`
        : `are not as they should be (${by}):\n    ${differences.join("\n    ")}`;
  return [
    `${isInForce ? "√" : "×"} ${family}: the rules of interception`,
    `    a connection on trial: ${connection}`,
    `    the rules ${read}`,
  ].join("\n");
}

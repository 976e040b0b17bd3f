// The composition of the CLI: which commands there are, and where each is written. Only the one
// that was called is loaded, so that `weft stat` does not wait for `weft up`.

import { Command, CommanderError } from "commander";
import { EXIT, type Surroundings } from "#cli/surroundings.ts";

type Register = (program: Command, surroundings: Surroundings) => void;
type Loaders = ReadonlyMap<string, () => Promise<Register>>;

const COMMANDS: Loaders = new Map<string, () => Promise<Register>>([
  // ---- commands that ask a running mesh: src/cli
  ["stat", async () => (await import("#cli/stat-command.ts")).registerStat],
  ["top", async () => (await import("#cli/top-command.ts")).registerTop],
  ["routes", async () => (await import("#cli/routes-command.ts")).registerRoutes],
  ["edges", async () => (await import("#cli/edges-command.ts")).registerEdges],
  ["apply", async () => (await import("#cli/apply-command.ts")).registerApply],
  ["edit", async () => (await import("#cli/edit-command.ts")).registerEdit],
  ["fault", async () => (await import("#cli/fault-command.ts")).registerFault],
  ["rollback", async () => (await import("#cli/rollback-command.ts")).registerRollback],
  ["tap", async () => (await import("#cli/tap-command.ts")).registerTap],
  ["get", async () => (await import("#cli/get-command.ts")).registerGet],
  ["analyze", async () => (await import("#cli/analyze-command.ts")).registerAnalyze],
  ["describe", async () => (await import("#cli/describe-command.ts")).registerDescribe],
  ["check", async () => (await import("#cli/check-command.ts")).registerCheck],
  ["explain", async () => (await import("#cli/explain-command.ts")).registerExplain],
  ["dashboard", async () => (await import("#cli/dashboard-command.ts")).registerDashboard],
  ["proxy-config", async () => (await import("#cli/proxy-config-command.ts")).registerProxyConfig],
  ["version", async () => (await import("#cli/version-command.ts")).registerVersion],

  // ---- commands for Kubernetes: src/cli, src/install
  ["install", async () => (await import("#cli/install-command.ts")).registerInstall],
  ["inject", async () => (await import("#cli/inject-command.ts")).registerInject],
  ["uninject", async () => (await import("#cli/uninject-command.ts")).registerUninject],
  ["upgrade", async () => (await import("#cli/upgrade-command.ts")).registerUpgrade],
  ["uninstall", async () => (await import("#cli/uninstall-command.ts")).registerUninstall],

  ["bench", async () => (await import("#bench/rig/rig-command.ts")).registerBench],

  // ---- commands that start and end things: src/local
  ["up", async () => (await import("#local/up-command.ts")).registerUp],
  ["down", async () => (await import("#local/down-command.ts")).registerDown],
  ["run", async () => (await import("#local/run-command.ts")).registerRun],
]);

// Sets the exit code through `surroundings`, or leaves it to the command.
export async function runWeft(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const words = withoutViz(args);
  const program = newProgram(surroundings);
  const called = COMMANDS.get(words[0] ?? "");
  const loaders = called ? [called] : [...COMMANDS.values()];
  for (const register of await Promise.all(loaders.map((load) => load()))) {
    register(program, surroundings);
  }
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    surroundings.exit(isHelp(error) ? EXIT.ok : EXIT.usage);
  }
}

// `linkerd viz stat` is what many fingers know.
function withoutViz(args: readonly string[]): readonly string[] {
  return args[0] === "viz" && COMMANDS.has(args[1] ?? "") ? args.slice(1) : args;
}

function newProgram(surroundings: Surroundings): Command {
  return new Command("weft")
    .description("a service mesh: on this machine, in one command")
    .version(surroundings.version, "-V, --version", "print the version")
    .showHelpAfterError("Add --help for what is right")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.out(text),
      writeErr: (text) => surroundings.error(text),
    });
}

// `weft` alone shows the help too, but nobody asked for that: commander tells it apart.
function isHelp({ code }: CommanderError): boolean {
  return code === "commander.helpDisplayed" || code === "commander.version";
}

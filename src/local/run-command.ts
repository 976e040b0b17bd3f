// `weft run -- CMD`: one process joins a running mesh.

import { basename, dirname } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { JoinDependency, JoinPort, JoinRequest } from "#api/join.ts";
import { systemFiles } from "#base/file-system.ts";
import { findMesh } from "#cli/find-mesh.ts";
import { parseDependency } from "./parse-dependency.ts";
import { run } from "./run.ts";
import { StateFolder } from "./state-folder.ts";

const EXIT_WRONG_USAGE = 2;
const EXIT_UNREACHED = 3;
const NAME_BYTES_MAX = 50;

const EXAMPLE = `
Examples:
  weft run --namespace bookshop --service-account guest -- curl -s http://web:9080/
  weft run --name mine --service-account guest --port 9080 --label app=reviews -- node mine.js
  sudo weft run --netns --user $USER --port 9080 -- python3 -m http.server 9080
  weft run --dependency redis:6379/tcp -- sh -c 'nc $WEFT_REDIS_HOST $WEFT_REDIS_PORT'`;

type Flags = {
  readonly name?: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly port?: readonly JoinPort[];
  readonly label?: readonly (readonly [string, string])[];
  readonly dependency?: readonly string[];
  readonly mesh?: string;
  readonly netns?: true;
  readonly user?: string;
};

export function registerRun(program: Command): void {
  program
    .command("run")
    .description("join one process to a running mesh and exit with its exit code")
    .option("--name <name>", "of the workload (default: of the command)")
    .option("--namespace <namespace>", "of the workload", "default")
    .option("--service-account <name>", "one that a document declares as joinable", "default")
    .option("--port <port>", "that it listens on, for HTTP, or with /tcp; again for more", addPort)
    .option("--label <name=value>", "of the workload; again for more", addLabel)
    .option(
      "--dependency <service:port>",
      "gives the process WEFT_<SERVICE>_URL, with /tcp behind it _HOST and _PORT; again for more",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option("--mesh <dir>", "the mesh of DIR/.weft (default: $WEFT_MESH, else upwards from here)")
    .option("--netns", "in a network namespace of its own: the command knows nothing of the mesh")
    .option("--user <user>", "with --netns: whom the command runs as (default: root)")
    .argument("<command...>", "after --")
    .addHelpText("after", EXAMPLE)
    .action(async (command: readonly string[], flags: Flags) => {
      process.exitCode = await runWith(command, flags);
    });
}

async function runWith(command: readonly string[], flags: Flags): Promise<number> {
  const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  if (flags.user !== undefined && !flags.netns) {
    say("--user is for --netns: without it the command runs as you do");
    return EXIT_WRONG_USAGE;
  }
  if (flags.netns && flags.dependency) {
    say("With --netns every destination is dialled as it is: there is no --dependency");
    return EXIT_WRONG_USAGE;
  }
  const dependencies: JoinDependency[] = [];
  for (const text of flags.dependency ?? []) {
    const dependency = parseDependency(text, flags.namespace);
    if (!dependency) {
      const like = "reviews:9080, reviews.shop:9080 or redis:6379/tcp";
      say(`Cannot understand --dependency ${text}: it is like ${like}`);
      return EXIT_WRONG_USAGE;
    }
    dependencies.push(dependency);
  }
  const found = findMesh({
    files: systemFiles,
    workingFolder: process.cwd(),
    environment: process.env,
    mesh: flags.mesh,
  });
  if (found.kind === "error") {
    say(found.error.message);
    if (found.error.remedy) say(found.error.remedy);
    return EXIT_UNREACHED;
  }
  const request: JoinRequest = {
    namespace: flags.namespace,
    name: flags.name ?? nameFor(command[0] ?? ""),
    serviceAccount: flags.serviceAccount,
    labels: flags.label ?? [],
    ports: flags.port ?? [],
    dependencies,
  };
  const state = new StateFolder(systemFiles, dirname(found.value.folder));
  const options = { mesh: found.value, state, request, command };
  if (!flags.netns) return run(options, say);
  const { runInside } = await import("./netns/run-inside.ts");
  return runInside(options, { user: flags.user }, say);
}

function addPort(text: string, before: readonly JoinPort[] = []): readonly JoinPort[] {
  const [, digits, tcp] = /^(\d{1,5})(\/tcp)?$/.exec(text) ?? [];
  const port = Number(digits ?? 0);
  if (port < 1 || port > 65_535) throw new InvalidArgumentError("a port is 1 to 65535");
  const protocol = tcp ? "tcp" : "http";
  const name = before.length === 0 ? protocol : `${protocol}-${port}`;
  return [...before, { name, port, protocol }];
}

function addLabel(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("a label is like version=v2");
  return [...before, [text.slice(0, equals), text.slice(equals + 1)]];
}

// "curl-4711": a name that Kubernetes would accept, and nobody else's.
function nameFor(command: string): string {
  const plain = basename(command)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, NAME_BYTES_MAX);
  return `${plain || "process"}-${process.pid}`;
}

// `weft bench rig`: just the data plane, for whoever measures it.

import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { EXIT, type Surroundings } from "#cli/surroundings.ts";
import { runRig } from "./rig.ts";
import {
  RIG_PROTOCOLS,
  RIG_SHAPES,
  RIG_TELEMETRY,
  type RigAddress,
  type RigOptions,
  type RigProtocol,
} from "./rig-options.ts";

type Flags = {
  readonly shape: RigOptions["shape"];
  readonly backend: RigAddress;
  readonly listen: RigAddress;
  readonly protocol: RigProtocol;
  readonly backendProtocol?: RigProtocol;
  readonly config?: string;
  readonly telemetry: RigOptions["telemetry"];
};

const EXAMPLE = `
Prints one line of JSON when it takes requests ({"listen", "pids", "metrics"}), and ends with
SIGTERM or Ctrl-C.

Examples:
  weft bench rig --shape plain --backend 127.0.0.1:9000 --listen 127.0.0.1:18080
  weft bench rig --shape pair --backend 127.0.0.1:9001 --listen 127.0.0.1:18080 --protocol http2`;

export function registerBench(program: Command, surroundings: Surroundings): void {
  const bench = program.command("bench").description("measure the data plane");
  bench
    .command("rig")
    .description("start the product's own proxies, ready to be measured")
    .addOption(new Option("--shape <shape>", "one proxy, or a pair with mTLS").choices(RIG_SHAPES))
    .requiredOption("--backend <host:port>", "where requests go", address)
    .requiredOption("--listen <host:port>", "where they come in; port 0: any free one", address)
    .addOption(protocol("--protocol <name>", "what the listener speaks").default("http1"))
    .addOption(protocol("--backend-protocol <name>", "what the backend speaks (default: the same)"))
    .option("--config <dir>", "documents to add to the rig's own")
    .addOption(
      new Option("--telemetry <level>", "what is counted")
        .choices(RIG_TELEMETRY)
        .default("metrics"),
    )
    .addHelpText("after", EXAMPLE)
    .action(async (flags: Flags, command: Command) => {
      const options = optionsOf(flags);
      if (typeof options === "string") return command.error(options, { exitCode: EXIT.usage });
      process.exitCode = await runRig(options, surroundings);
    });
}

// Or what is wrong with them.
function optionsOf(flags: Flags): RigOptions | string {
  const { shape, backend, listen, protocol: spoken, config, telemetry } = flags;
  const backendProtocol = flags.backendProtocol ?? spoken;
  if (shape === undefined) return "error: --shape is missing: plain or pair";
  if ((spoken === "tcp") !== (backendProtocol === "tcp")) {
    return `error: ${spoken} can't become ${backendProtocol}: bytes stay bytes on both sides`;
  }
  return { shape, backend, listen, backendProtocol, config, telemetry };
}

function protocol(flags: string, description: string): Option {
  return new Option(flags, description).choices(RIG_PROTOCOLS);
}

function address(text: string): RigAddress {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(text.slice(colon + 1));
  const isPort = colon >= 0 && text.length > colon + 1 && Number.isInteger(port);
  if (!isPort || port < 0 || port > 65_535 || (host !== "localhost" && isIP(host) === 0)) {
    throw new InvalidArgumentError('an address is like "127.0.0.1:9000": an IP address and a port');
  }
  return { address: host === "localhost" ? "127.0.0.1" : host, port };
}

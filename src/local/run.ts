// `weft run -- CMD`: joins one process to a running mesh. Its sidecar starts first; when the
// process ends, so does the sidecar, and nothing of it stays.

import type { JoinAnswer } from "#api/join.ts";
import { AddressBook } from "./address-book.ts";
import { applicationEnvironment } from "./application-environment.ts";
import { DEFAULT_PORT_BASE } from "./control-listeners.ts";
import { DependencyListeners } from "./dependency-listeners.ts";
import { portFailure } from "./port-failure.ts";
import { runBeside } from "./run-beside.ts";
import { RUN_EXIT, type RunOptions, type Say, whileJoined } from "./while-joined.ts";
import type { Workshop } from "./workshop.ts";

type Inherited = Pick<Workshop, "nodeFolder" | "inherited">;

export function run(options: RunOptions, say: Say): Promise<number> {
  return whileJoined(options, say, (joined) => runJoined(options, joined, say));
}

async function runJoined(options: RunOptions, joined: JoinAnswer, say: Say): Promise<number> {
  const addresses = new AddressBook({
    folder: `${options.state.path} ${process.pid}`,
    portBase: DEFAULT_PORT_BASE,
    hasLoopbackBlocks: process.platform === "linux",
  });
  const dependencies = new DependencyListeners();
  try {
    const binding = await addresses.take();
    if (binding.kind === "failed") {
      say(portFailure("the sidecar", binding.address, binding.error));
      return RUN_EXIT.failed;
    }
    const { outbound } = binding.listeners;
    const { address } = outbound;
    const failed = dependencies.update(address, options.request.dependencies);
    if (failed) {
      say(portFailure("a dependency", failed.address, failed.error));
      return RUN_EXIT.failed;
    }
    const { request } = options;
    const environment = (secret: string, { nodeFolder, inherited }: Inherited) =>
      applicationEnvironment({
        workload: { namespace: joined.namespace, name: joined.name },
        ports: request.ports,
        dependencies: request.dependencies,
        tcp: dependencies.all,
        outbound: { address, port: outbound.port },
        secret,
        nodeFolder,
        inherited,
        declared: [],
      });
    const place = { kind: "held", listeners: binding.listeners } as const;
    const beside = { place, dependencies: dependencies.all, control: joined.control, environment };
    return await runBeside({ ...beside, entrance: [] }, options, joined, say);
  } finally {
    dependencies.close();
    addresses.close();
  }
}

// `weft run --netns -- CMD`: joins one process, in a network namespace of its own, whose
// connections the kernel brings to the sidecar beside it. The process knows nothing of the mesh.

import type { JoinAnswer } from "#api/join.ts";
import { PACKAGE_ROOT } from "#local/package-root.ts";
import { runBeside } from "#local/run-beside.ts";
import type { SidecarPlace } from "#local/sidecar.ts";
import { RUN_EXIT, type RunOptions, type Say, whileJoined } from "#local/while-joined.ts";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import { ControlRelay } from "./control-relay.ts";
import { NAMESPACE_NETWORK } from "./namespace-addresses.ts";
import { reapNamespaces } from "./namespace-claim.ts";
import { NetworkNamespace } from "./network-namespace.ts";
import { systemCommand } from "./system-command.ts";

// What tells the sidecar's connections from those of an application that runs as root, too.
const PROXY_GROUP = 1337;
const DROPPED = ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"];
const PROXY_DROP = ["setpriv", `--regid=${PROXY_GROUP}`, "--clear-groups", ...DROPPED, "--"];
// It ends when we are killed, and couldn't end it.
const WITH_US = ["setpriv", "--pdeathsig=SIGKILL"];

export type InsideOptions = {
  // Whom the command runs as: a name or a number of the system's; undefined: root.
  readonly user: string | undefined;
};

export async function runInside(
  options: RunOptions,
  { user }: InsideOptions,
  say: Say,
): Promise<number> {
  const reaped = reapNamespaces();
  if (reaped > 0) say(`Ended what ${reaped} killed run${reaped === 1 ? "" : "s"} left behind`);
  let namespace: NetworkNamespace;
  try {
    namespace = await NetworkNamespace.make();
  } catch (error) {
    say(`Cannot make a network namespace: ${reasonOf(error)}`);
    return RUN_EXIT.failed;
  }
  try {
    makeRules(namespace);
    const { addresses } = namespace;
    const joining = { ...options, request: { ...options.request, addresses } };
    return await whileJoined(joining, say, (joined) =>
      runIn(namespace, joining, user, joined, say),
    );
  } catch (error) {
    say(`Cannot run in a network namespace: ${reasonOf(error)}`);
    return RUN_EXIT.failed;
  } finally {
    await namespace.close();
  }
}

async function runIn(
  namespace: NetworkNamespace,
  options: RunOptions,
  user: string | undefined,
  joined: JoinAnswer,
  say: Say,
): Promise<number> {
  const relay = await ControlRelay.open(NAMESPACE_NETWORK.host[0], joined.control);
  const as = user === undefined ? [] : ["--reuid", user, "--regid", groupOf(user), "--init-groups"];
  try {
    return await runBeside(
      {
        place: placeIn(namespace),
        dependencies: [],
        control: relay.address,
        entrance: [...namespace.entrance, ...WITH_US, ...as, "--"],
        environment: (_, { inherited }) => inherited,
      },
      options,
      joined,
      say,
    );
  } finally {
    relay.close();
  }
}

function placeIn({ entrance, addresses }: NetworkNamespace): SidecarPlace {
  const hasSixth = addresses.length > 1;
  const everywhere = (port: number) => ({ address: hasSixth ? "::" : "0.0.0.0", port });
  const onLoopback = (address: string) => ({ address, port: POD_PORTS.outbound });
  const { capture } = DEFAULT_POD_SETTINGS;
  return {
    kind: "inside",
    entrance: [...entrance, ...PROXY_DROP],
    listens: {
      outbound: onLoopback("127.0.0.1"),
      mesh: everywhere(POD_PORTS.mesh),
      metrics: everywhere(POD_PORTS.metrics),
      health: everywhere(POD_PORTS.health),
      interception: {
        outbound: (hasSixth ? ["127.0.0.1", "::1"] : ["127.0.0.1"]).map(onLoopback),
        inbound: [everywhere(POD_PORTS.inbound)],
        addresses,
      },
      rules: {
        settings: { owner: { gid: PROXY_GROUP }, capture },
        families: hasSixth ? ["IPv4", "IPv6"] : ["IPv4"],
      },
    },
  };
}

// Throws with what pod-init says where they can't be made or don't hold.
function makeRules({ entrance }: NetworkNamespace): void {
  const init = [process.execPath, `${PACKAGE_ROOT}/dist/main/pod-init.js`];
  systemCommand(...entrance, "env", `WEFT_PROXY_GID=${PROXY_GROUP}`, ...init);
}

// The first group of a user.
function groupOf(user: string): string {
  return systemCommand("id", "--group", "--", user).trim();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

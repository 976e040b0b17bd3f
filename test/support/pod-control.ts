// A control plane for pods without a cluster: a program of its own, since it listens inside a
// network namespace. A pod's token is one that is good once.
//
//   node pod-control.ts FOLDER ADDRESS   documents are in FOLDER/documents

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import { openOnFolder } from "#control/plane/open-on-folder.ts";
import { CLUSTER_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";

const [folder = "", address = ""] = process.argv.slice(2);
const on = { address, port: 15_012 } as never;
const opening = await openOnFolder(
  {
    version: "test",
    documents: join(folder, "documents"),
    stateFolder: join(folder, ".weft"),
    dashboardFolder: folder,
    proxies: on,
    admin: on,
    mesh: CLUSTER_MESH_SETTINGS,
  },
  {
    clock: systemClock,
    files: systemFiles,
    log: silentLog,
    proxyEntrance: (credentials, events, to) => new ControlListener(credentials, events, to),
  },
  () => {},
);
if (opening.kind === "refused") throw new Error(opening.reason);
const { model, tokens, authority, controlIdentity } = opening.controlPlane;
for (const { namespace, name, serviceAccount } of model.workloads) {
  const issue = tokens.issue({ namespace, workload: name, serviceAccount });
  if (issue.kind === "refused") throw new Error(issue.reason);
  const secrets = join(folder, name);
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, "token"), issue.token);
  writeFileSync(join(secrets, "roots.pem"), authority.trust.join(""));
}
process.stdout.write(`${controlIdentity}\n`);

// The composition of the control plane's process.

import { fileURLToPath } from "node:url";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { jsonLog } from "#base/log.ts";
import { AdminApi } from "#control/admin/admin-api.ts";
import { AdminTokens } from "#control/admin/admin-tokens.ts";
import { newSecret } from "#control/admin/new-secret.ts";
import { readStaticFiles } from "#control/admin/static-files.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import { adminBackend } from "#control/plane/admin-backend.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import type { ControlWorld } from "#control/plane/control-settings.ts";
import { openOnFolder } from "#control/plane/open-on-folder.ts";
import { workloadOrder } from "#control/plane/workload-orders.ts";
import { History } from "#control/reports/history/history.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import type { ControlBootstrap, ControlCommand, ControlEvent } from "./bootstrap.ts";
import { holdLifeline, type Lifeline } from "./lifeline.ts";

const DASHBOARD_FOLDER = fileURLToPath(new URL("../dashboard/", import.meta.url));

export function runControl(): void {
  let plane: ControlPlane | undefined;
  let isStarted = false;
  const lifeline = holdLifeline({
    line(value) {
      if (isStarted) return plane && obey(plane, value as ControlCommand, lifeline);
      isStarted = true;
      void start(value as ControlBootstrap, lifeline).then((opened) => {
        plane = opened;
      }, fail);
    },
    ended: () => process.exit(0),
  });
  const fail = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    tell(lifeline, { event: "fatal", message: `Cannot start the control plane: ${message}` });
    process.exitCode = 1;
    setTimeout(() => process.exit(), 50);
  };
  process.on("SIGTERM", () => process.exit(0));
  // The terminal's Ctrl-C reaches the whole group; the supervisor decides who ends when.
  process.on("SIGINT", () => {});
}

async function start(bootstrap: ControlBootstrap, lifeline: Lifeline): Promise<ControlPlane> {
  const log = jsonLog((line) => process.stderr.write(line), systemClock, "control");
  const world: ControlWorld = {
    clock: systemClock,
    files: systemFiles,
    log,
    history: new History({
      path: `${bootstrap.stateFolder}/control/history.db`,
      clock: systemClock,
      log,
    }),
    proxyEntrance: (credentials, events, to) => new ControlListener(credentials, events, to),
  };
  const settings = { ...bootstrap, dashboardFolder: DASHBOARD_FOLDER };
  let told = "";
  let plane: ControlPlane | undefined;
  const changed = (): void => {
    if (plane) told = tellDocuments(plane, lifeline, told);
  };
  const opening = await openOnFolder(settings, world, changed);
  if (opening.kind === "refused") throw new Error(opening.reason);
  plane = opening.controlPlane;
  const admin = new AdminApi(adminBackend(plane), {
    clock: systemClock,
    log,
    newSecret,
    tokens: AdminTokens.inFolder(systemFiles, bootstrap.stateFolder, newSecret),
    dashboard: readStaticFiles(DASHBOARD_FOLDER),
  });
  await admin.listen(bootstrap.admin);
  const { authority, controlIdentity } = plane;
  tell(lifeline, { event: "ready", trust: authority.trust, identity: controlIdentity });
  changed();
  return plane;
}

// Returns what was told, so that the same is not told twice.
function tellDocuments(plane: ControlPlane, lifeline: Lifeline, before: string): string {
  const { documents } = plane.settings;
  const workloads = plane.model.workloads.map((workload) =>
    workloadOrder(workload, plane.model, documents),
  );
  tell(lifeline, { event: "workloads", workloads });
  const { diagnostics } = plane;
  const lines = diagnostics
    .filter(({ severity }) => severity !== "info")
    .map((diagnostic) => diagnosticText(diagnostic));
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const said = lines.join("\n");
  if (said !== before) tell(lifeline, { event: "diagnostics", lines, errors });
  return said;
}

function obey(plane: ControlPlane, command: ControlCommand, lifeline: Lifeline): void {
  const { id, namespace, workload, serviceAccount } = command;
  const issue = plane.tokens.issue({ namespace, workload, serviceAccount });
  if (issue.kind === "issued") tell(lifeline, { event: "token", id, token: issue.token });
  else plane.world.log.error(issue.reason);
}

function tell(lifeline: Lifeline, event: ControlEvent): void {
  lifeline.tell(event);
}

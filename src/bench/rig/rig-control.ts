// The control plane of a rig: in the rig's own process, so that the proxies' cost is theirs alone.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import { openOnFolder } from "#control/plane/open-on-folder.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import type { Listener } from "#local/listener.ts";
import { packageVersion } from "#local/package-root.ts";
import type { Admission } from "#local/sidecar.ts";
import { RIG_NAMESPACE, rigDocuments } from "./rig-documents.ts";
import type { RigOptions } from "./rig-options.ts";

export class RigControl {
  readonly #plane: ControlPlane;

  // Throws one sentence where documents can't be read.
  static async open(options: RigOptions, folder: string, listener: Listener): Promise<RigControl> {
    const documents = join(folder, "documents");
    systemFiles.makeFolder(documents, 0o700);
    writeFileSync(join(documents, "rig.yaml"), rigDocuments(options));
    if (options.config !== undefined) {
      cpSync(options.config, join(documents, "config"), { recursive: true });
    }
    const { address, port, descriptor } = listener;
    const on = { address, port, descriptor };
    const opening = await openOnFolder(
      {
        version: packageVersion(),
        documents,
        stateFolder: join(folder, ".weft"),
        dashboardFolder: documents,
        proxies: on,
        admin: on, // nobody asks it
      },
      {
        clock: systemClock,
        files: systemFiles,
        log: silentLog,
        proxyEntrance: (credentials, events, log) => new ControlListener(credentials, events, log),
      },
      () => {},
    );
    if (opening.kind === "refused") throw new Error(opening.reason);
    return new RigControl(opening.controlPlane);
  }

  private constructor(plane: ControlPlane) {
    this.#plane = plane;
  }

  // What is wrong with the documents; a warning of a rig's own would be ours to mend.
  get errors(): readonly string[] {
    const errors = this.#plane.diagnostics.filter(({ severity }) => severity === "error");
    return errors.map((diagnostic) => diagnosticText(diagnostic));
  }

  identityOf(name: string): string {
    return `spiffe://${this.#plane.identity.trustDomain}/ns/${RIG_NAMESPACE}/sa/${name}`;
  }

  admit(name: string): Admission {
    const { controlIdentity, authority, settings, tokens } = this.#plane;
    const workload = { namespace: RIG_NAMESPACE, workload: name, serviceAccount: name };
    const issue = tokens.issue(workload);
    return {
      control: settings.proxies,
      controlIdentity,
      trust: authority.trust,
      token: issue.kind === "issued" ? issue.token : undefined,
    };
  }

  close(): void {
    this.#plane.close();
  }
}

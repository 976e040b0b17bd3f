// Everything that must be had before a mesh can start: its folder, for us alone, without leftovers
// of an earlier one, and the control plane's ports.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { systemFiles } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { AddressBook } from "./address-book.ts";
import { ApplicationPorts } from "./application-ports.ts";
import { canBind } from "./can-bind.ts";
import { bindControl, type ControlListeners, DEFAULT_PORT_BASE } from "./control-listeners.ts";
import { documentsTrouble } from "./documents-trouble.ts";
import { processStart } from "./process-start.ts";
import { reapLeftovers } from "./reap.ts";
import { claimFolder } from "./single-instance.ts";
import { StateFolder } from "./state-folder.ts";
import { systemReason } from "./system-reason.ts";

export type OpenMeshOptions = {
  readonly documents: string;
  readonly parent: string; // where .weft/ lies
  readonly portBase: number | undefined;
  readonly version: string;
};

export type OpenedMesh = {
  readonly kind: "opened";
  readonly documents: string;
  readonly state: StateFolder;
  readonly adminUrl: string;
  readonly control: ControlListeners;
  readonly addresses: AddressBook;
  readonly ports: ApplicationPorts;
  readonly reaped: number;
  // Every workload has been ready: other commands may rely on it.
  noteReady(): void;
  close(): void;
};

export type OpenMeshResult = OpenedMesh | { readonly kind: "refused"; readonly sentence: string };

export async function openMesh(options: OpenMeshOptions): Promise<OpenMeshResult> {
  const documents = resolve(options.documents);
  const trouble = documentsTrouble(documents);
  if (trouble) return { kind: "refused", sentence: trouble };
  const state = new StateFolder(systemFiles, resolve(options.parent));
  try {
    return await openIn(state, documents, options);
  } catch (error) {
    const sentence =
      `Cannot keep the mesh's state in ${state.path}: ${systemReason(error)}. ` +
      "Choose another place with --mesh DIR";
    return { kind: "refused", sentence };
  }
}

async function openIn(
  state: StateFolder,
  documents: string,
  { portBase, version }: OpenMeshOptions,
): Promise<OpenMeshResult> {
  state.make();
  const claim = await claimFolder(state);
  if (claim.kind === "taken") return { kind: "refused", sentence: claim.sentence };
  const reaped = await reapLeftovers(state, { graceMs: LIMITS.sidecarGraceMs });
  const control = bindControl(portBase);
  if (control.kind === "failed") {
    claim.release();
    return { kind: "refused", sentence: control.sentence };
  }
  const { address, port } = control.listeners.admin;
  const adminUrl = `http://${address}:${port}`;
  const { pid } = process;
  const mesh = { pid, startTime: processStart(pid), adminUrl, version };
  state.writeMesh({ ...mesh, isReady: false });
  return {
    kind: "opened",
    documents,
    state,
    adminUrl,
    control: control.listeners,
    ...portsFor(realpathSync(state.path), portBase ?? DEFAULT_PORT_BASE),
    reaped: reaped.length,
    noteReady: () => state.writeMesh({ ...mesh, isReady: true }),
    close: () => {
      state.removeMesh();
      claim.release();
    },
  };
}

function portsFor(folder: string, portBase: number): Pick<OpenedMesh, "addresses" | "ports"> {
  const hasLoopbackBlocks = process.platform === "linux";
  return {
    addresses: new AddressBook({ folder, portBase, hasLoopbackBlocks }),
    ports: new ApplicationPorts({ folder, portBase, canBind }),
  };
}

// The meshes whose dashboard is measured: the bookshop as its users start it, and two hundred
// workloads that are light proxies.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { MESH_FILES } from "#api/mesh-file.ts";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import type { AskedMesh } from "#cli/ask-mesh.ts";
import { Authority } from "#control/authority/authority.ts";
import { bookshopDocuments } from "../../test/support/bookshop-documents.ts";
import { childrenOf } from "../process-figures.ts";
import type { Rig } from "../rig.ts";
import { LargeMesh } from "../scale/large-mesh.ts";
import { childFailure } from "../subject.ts";
import { CROWD, Crowd } from "./crowd.ts";
import { startOwnControl } from "./own-control.ts";

export type MeasuredMesh = {
  readonly name: string;
  readonly nodes: number; // that its graph has
  readonly asked: AskedMesh;
  readonly controlPid: number;
  stop(): Promise<void>;
};

const CHECKOUT = join(import.meta.dirname, "..", "..");
const READY_MS = 60_000;
const DAY_MS = 86_400_000;
// Until the window of ten seconds, of which the page tells, is full.
const FILL_MS = 12_000;
const BOOKSHOP_NODES = 12;

export async function startBookshop({ children, folder }: Rig): Promise<MeasuredMesh> {
  const documents = writeFiles(join(folder, "bookshop"), bookshopDocuments({ hasLoad: true }));
  const weft = [process.execPath, join(CHECKOUT, "dist", "main", "weft.js")];
  const place = ["-f", documents, "--mesh", folder, "--port-base", "0"];
  const child = children.start("weft up", [...weft, "up", ...place]);
  if (!(await child.printed(/workloads are ready after/, READY_MS))) {
    throw childFailure("The bookshop did not start", child);
  }
  const state = join(folder, MESH_FILES.folder);
  const read = (file: string) => readFileSync(join(state, file), "utf8");
  const asked = { ...JSON.parse(read(MESH_FILES.mesh)), token: read(MESH_FILES.writeToken).trim() };
  await wait(FILL_MS);
  const name = "the bookshop";
  const controlPid = controlOf(child.pid);
  return { name, nodes: BOOKSHOP_NODES, asked, controlPid, stop: () => child.stop() };
}

export async function startCrowd({ children, folder }: Rig): Promise<MeasuredMesh> {
  const mesh = new LargeMesh(CROWD);
  const text = mesh.documents.map(({ object }) => JSON.stringify(object)).join("\n---\n");
  const documents = writeFiles(join(folder, "crowd"), { "crowd.yaml": text });
  const state = join(folder, "crowd-state");
  mkdirSync(state, { mode: 0o700 });
  const { child, mesh: asked, proxies } = await startOwnControl(children, documents, state);
  const opening = await Authority.open({
    ...{ clock: systemClock, files: systemFiles, folder: join(state, "control") },
    ...{ trustDomain: "mesh.local", certificateLifeMs: DAY_MS, log: silentLog },
  });
  if (opening.kind === "refused") throw new Error(opening.reason);
  const crowd = await Crowd.open({ mesh, authority: opening.authority, control: proxies });
  crowd.start();
  await wait(FILL_MS);
  const stop = async () => {
    const { lost } = crowd;
    crowd.close();
    await child.stop();
    if (lost.length > 0) throw new Error(`${lost.length} proxies were lost: ${lost[0]}`);
  };
  const nodes = CROWD.services * CROWD.podsOfService;
  return { name: `${nodes} workloads`, nodes, asked, controlPid: child.pid, stop };
}

function writeFiles(folder: string, texts: Readonly<Record<string, string>>): string {
  mkdirSync(folder);
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
  return folder;
}

function controlOf(supervisor: number): number {
  const command = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8");
  const found = childrenOf(supervisor).find((pid) => command(pid).includes("main/control.js"));
  if (found === undefined) throw new Error("`weft up` has no control plane");
  return found;
}

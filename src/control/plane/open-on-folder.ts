// The control plane of a mesh on one machine: a folder of documents is the truth, and so is what a
// folder of state remembers.

import { Authority } from "#control/authority/authority.ts";
import { type Discovery, discover } from "#control/discovery/discover.ts";
import { FolderSource } from "#control/sources/folder-source.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { ControlPlane } from "./control-plane.ts";
import type { ControlSettings, ControlWorld } from "./control-settings.ts";
import { LastGoodDocuments } from "./last-good-documents.ts";
import { OwnCertificate } from "./own-certificate.ts";

const CONTROL_NAME = { namespace: "weft-system", serviceAccount: "control" };

export type ControlPlaneOpening =
  | { readonly kind: "opened"; readonly controlPlane: ControlPlane }
  | { readonly kind: "refused"; readonly reason: string };

// `changed`: documents were read anew.
export async function openOnFolder(
  settings: ControlSettings,
  world: ControlWorld,
  changed: () => void,
): Promise<ControlPlaneOpening> {
  let current: ControlPlane | undefined;
  const folder = `${settings.stateFolder}/control`;
  const lastGood = new LastGoodDocuments({ ...world, path: `${folder}/last-good.json` });
  const texts = lastGood.load();
  const source = new FolderSource(
    { folder: settings.documents, ...world, lastGood: texts },
    (set) => current?.read(set),
  );
  const documents = source.start();
  const discovery = discover(documents, discoverTexts(texts), settings.mesh);
  const { trustDomain } = discovery.model.mesh;
  const opening = await Authority.open({
    ...world,
    ...{ folder, trustDomain },
    // Asked for each certificate: documents may change it.
    get certificateLifeMs() {
      return current?.model.mesh.certificateLifeMs ?? discovery.model.mesh.certificateLifeMs;
    },
  });
  if (opening.kind === "refused") return opening;
  const { authority } = opening;
  const identity = { trustDomain, ...CONTROL_NAME };
  const own = new OwnCertificate(authority, identity, world.clock, world.log);
  const first = await own.start((renewed) => current?.replace(renewed));
  lastGood.note(documents, discovery.diagnostics);
  current = new ControlPlane(
    {
      ...{ settings, world, changed, source, documents, discovery, authority, identity, own },
      discover: (set, previous) => discover(set, previous, settings.mesh),
      noted: (set, diagnostics) => lastGood.note(set, diagnostics),
    },
    (events) => world.proxyEntrance(first, events, world.log),
  );
  await current.listen();
  return { kind: "opened", controlPlane: current };
}

function discoverTexts(texts: ReadonlyMap<string, string>): Discovery {
  const files = [...texts].map(([file, text]) => parseDocuments(file, text));
  return discover({ documents: files.flatMap(({ documents }) => documents), diagnostics: [] });
}

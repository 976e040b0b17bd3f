// The desk where the documents of a control plane's folder are edited.

import type { ControlPlane } from "./control-plane.ts";
import { DocumentDesk } from "./document-desk.ts";
import { DocumentFolder } from "./document-folder.ts";
import { DocumentJournal } from "./document-journal.ts";

export function documentDeskFor(plane: ControlPlane): DocumentDesk {
  const { clock, files, log } = plane.world;
  const { documents, stateFolder } = plane.settings;
  return new DocumentDesk({
    clock,
    log,
    folder: new DocumentFolder(documents, files),
    journal: new DocumentJournal({ files, log, path: `${stateFolder}/control/changes.json` }),
    mesh: {
      set: () => plane.documentSet,
      snapshot: () => plane.snapshot,
      diagnostics: () => plane.diagnostics,
      tryOut: (set) => plane.tryOut(set),
      reread: () => plane.reread(),
      acknowledged(revision) {
        const { sessions } = plane.distributor;
        const reached = sessions.filter((each) => each.revisionAcknowledged >= revision);
        return { proxies: sessions.length, acknowledged: reached.length };
      },
    },
  });
}

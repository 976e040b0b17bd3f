// Tells that something in one folder (not below it) has changed. Node's recursive watching isn't
// used: on Linux it watches every file by itself, loses sight of one that an editor replaces, and
// would watch node_modules and our own state folder too.

import { watch } from "node:fs";

export type FolderWatch = { close(): void };

export type WatchFolder = (
  folder: string,
  // The name inside the folder; undefined where the system doesn't say.
  changed: (name: string | undefined) => void,
  failed: (error: Error) => void,
) => FolderWatch;

export const watchFolder: WatchFolder = (folder, changed, failed) => {
  const watcher = watch(folder, { persistent: false }, (_, name) => changed(name ?? undefined));
  watcher.on("error", failed);
  return watcher;
};

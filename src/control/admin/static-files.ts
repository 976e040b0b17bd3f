// The dashboard's files, read once at the start. A request picks from this table by its exact path
// and never touches the disk, so no path leads out of the folder.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { LIMITS } from "#base/limits.ts";

export type StaticFile = { readonly contentType: string; readonly bytes: Buffer };

// By path, "/assets/main.js"; "/" is index.html.
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const CONTENT_TYPES = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".png", "image/png"],
  [".ico", "image/x-icon"],
  [".woff2", "font/woff2"],
  [".txt", "text/plain; charset=utf-8"],
]);

// A folder that is missing has no files. Links and files of other types are left out.
export function readStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  let bytesLeft = LIMITS.dashboardBytesMax;
  for (const path of pathsUnder(folder)) {
    const contentType = CONTENT_TYPES.get(extname(path));
    const { size } = statSync(join(folder, path));
    if (!contentType || size > bytesLeft || files.size >= LIMITS.dashboardFilesMax) continue;
    bytesLeft -= size;
    files.set(`/${path}`, { contentType, bytes: readFileSync(join(folder, path)) });
  }
  const index = files.get("/index.html");
  if (index) files.set("/", index);
  return files;
}

function pathsUnder(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .sort();
}

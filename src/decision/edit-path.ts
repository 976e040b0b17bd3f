// Hot path.
//
// A request's path with its query, changed as a route wants it.

import type { BoundPathEdit } from "./bound-shape.ts";
import { pathLengthOf } from "./missed-part.ts";

const SLASH = 0x2f;

// What has no path stays as it is: CONNECT, and OPTIONS about the whole upstream.
export function editPath(path: string, edit: BoundPathEdit): string {
  if (path.charCodeAt(0) !== SLASH) return path;
  const length = pathLengthOf(path);
  const query = path.slice(length);
  switch (edit.kind) {
    case "full":
      return edit.hasQuery ? edit.value : edit.value + query;
    case "prefix":
      return inOriginForm(edit.value + path.slice(edit.prefixLength));
    case "regex": {
      const { pattern, pieces } = edit;
      if (pattern === undefined) return path;
      return inOriginForm(pattern.replaceEach(path.slice(0, length), pieces) + query);
    }
  }
}

function inOriginForm(path: string): string {
  return path.charCodeAt(0) === SLASH ? path : `/${path}`;
}

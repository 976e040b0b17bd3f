// The tab's title: which mesh, and whether it wants looking at.

import { useEffect } from "preact/hooks";
import type { Mesh } from "#dashboard/stream/use-mesh.ts";

export function useTitle({ state, view }: Mesh): void {
  const title = view ? `${view.status.name} – Weft` : "Weft";
  const errors = view?.status.diagnostics.errors ?? 0;
  const sign = state !== "live" && view ? "… " : errors > 0 ? `(${errors}) ` : "";
  useEffect(() => {
    document.title = sign + title;
  }, [sign, title]);
}

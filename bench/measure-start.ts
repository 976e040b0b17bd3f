// How long a sidecar takes from its start until it is ready, with what V8 compiled before and
// without.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./contenders.ts";
import { type StartUp, startWeftPair, writeMesh } from "./weft-pair.ts";

export type MeasuredStart = { readonly cold: StartUp; readonly warm: StartUp };

export async function measureStart(
  bench: Bench,
  repeats: number,
): Promise<readonly MeasuredStart[]> {
  const found: MeasuredStart[] = [];
  for (let i = 0; i < repeats; i++) {
    bench.note(`repeat ${i + 1} of ${repeats}: start`);
    // A new folder has no compile cache yet.
    const folder = join(bench.folder, `start-${i}`);
    mkdirSync(folder);
    writeMesh(folder);
    const start = async () => {
      const pair = await startWeftPair(bench.children, bench.build, folder);
      await pair.stop();
      return pair.startUp;
    };
    found.push({ cold: await start(), warm: await start() });
  }
  return found;
}

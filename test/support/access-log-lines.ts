// The lines of all access logs of a mesh: of all processes that it has started.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningMesh } from "./running-mesh.ts";

export type AccessLogLine = Readonly<Record<string, unknown>>;

export function accessLogLines({ state }: Pick<RunningMesh, "state">): readonly AccessLogLine[] {
  const folder = join(state, "logs");
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .filter((line) => line.startsWith('{"start_time"'))
      .map((line) => JSON.parse(line) as AccessLogLine),
  );
}

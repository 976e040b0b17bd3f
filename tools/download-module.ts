// A Go module's sources, by `go` and its module proxy. Returns their folder.

import { execFileSync } from "node:child_process";

export function downloadModule(module: string, version: string): string {
  const told = execFileSync("go", ["mod", "download", "-json", `${module}@${version}`]);
  return (JSON.parse(told.toString()) as { Dir: string }).Dir;
}

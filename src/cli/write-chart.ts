// Writes the Helm chart into a folder.

import { dirname, join, resolve } from "node:path";
import { helmChart } from "#install/helm-chart.ts";
import { EXIT, type Surroundings } from "./surroundings.ts";

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

export function writeChart(
  { files, workingFolder, version, error, exit }: Surroundings,
  folder: string,
): void {
  const root = resolve(workingFolder, folder);
  for (const { path, text } of helmChart(version)) {
    files.makeFolder(dirname(join(root, path)), FOLDER_MODE);
    files.write(join(root, path), text, FILE_MODE);
  }
  error(`Wrote the chart to ${folder}. Install it with\n  ${commandFor(folder)}\n`);
  exit(EXIT.ok);
}

function commandFor(folder: string): string {
  return `helm install weft ${folder} -n weft-system --create-namespace`;
}

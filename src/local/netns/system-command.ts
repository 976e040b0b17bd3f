// Runs a program of the system that changes its network, to its end.

import { spawnSync } from "node:child_process";

const RUN_MS_MAX = 30_000;
const FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin";

// Throws with what it said where it fails.
export function systemCommand(...[file = "", ...args]: readonly string[]): string {
  const { status, error, stdout, stderr } = spawnSync(file, args, {
    env: { PATH: FOLDERS },
    encoding: "utf8",
    timeout: RUN_MS_MAX,
  });
  if (status === 0) return stdout;
  if (error && "code" in error && error.code === "ENOENT") {
    throw new Error(`there is no program "${file}": install iproute2 and util-linux`);
  }
  const said = error?.message ?? stderr.trim().split("\n")[0] ?? "";
  throw new Error(`"${[file, ...args].join(" ")}" failed: ${said}`);
}

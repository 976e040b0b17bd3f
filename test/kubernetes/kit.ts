// The kit that a cluster is made from: built once into the cache folder by test/kubernetes/kit.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const SCRIPTS = resolve("test/kubernetes/kit");

// What a test may wait for its kit: on an empty machine it is perhaps being built just now.
export const PREPARED_WITHIN_MS = 2_400_000;

export class Kit {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  // Installs and builds what is missing, or waits for another that is building: minutes at first.
  static prepare(): Kit {
    const packages = spawnSync("sh", [join(SCRIPTS, "packages.sh")], { stdio: "inherit" });
    assert.equal(packages.status, 0, "what a cluster needs from Debian is missing, see above");
    const build = ["ignore", "pipe", "inherit"] as const;
    const { status, stdout } = spawnSync("sh", [join(SCRIPTS, "build.sh")], { stdio: [...build] });
    assert.equal(status, 0, "the cluster's programs can't be built, see above");
    return new Kit(String(stdout).trim());
  }

  // hyper, kubectl, conformance.test, echo-client, echo-server
  program(name: string): string {
    return join(this.#folder, "bin", name);
  }

  // The folder with the kinds of Gateway API, of the conformance suite's version, or of Istio.
  customResources(dialect: "gateway-api" | "istio"): string {
    return join(this.#folder, "crds", dialect);
  }

  // Runs up.sh, down.sh or restart.sh on the cluster whose files lie in the folder `state`.
  run(script: string, state: string, args: readonly string[], number = 0): void {
    const environment = { ...process.env, KIT: this.#folder, STATE: state, N: String(number) };
    const command = [join(SCRIPTS, script), ...args];
    const { status } = spawnSync("bash", command, {
      env: environment,
      stdio: ["ignore", "inherit", "inherit"],
    });
    assert.equal(status, 0, `${script} ${args.join(" ")} failed, see above and ${state}/log`);
  }
}

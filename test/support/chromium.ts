// A real browser, for the tests of the dashboard.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function startChromium(): Promise<Browser> {
  const { status } = spawnSync("sh", ["tools/setup-chromium.sh"], { stdio: "inherit" });
  assert.equal(status, 0, "Chromium cannot be installed");
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
}

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
  return chromium.launch(installed());
}

// One whose processes can be killed without a word to those that it talks to.
export async function startMortalChromium() {
  const server = await chromium.launchServer(installed());
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, kill: () => server.kill() };
}

function installed() {
  const { status } = spawnSync("sh", ["tools/setup-chromium.sh"], { stdio: "inherit" });
  assert.equal(status, 0, "Chromium cannot be installed");
  return { executablePath: "/usr/bin/chromium", args: ARGUMENTS };
}

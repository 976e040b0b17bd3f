// The first view of the dashboard, by a link as `weft dashboard` prints it, in a browser that has
// nothing of it yet: how long until the overview stands there with its figures, and what it loads.

import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession } from "playwright-core";

export type FirstView = {
  readonly linkMs: number; // from following the link
  readonly pageMs: number; // from the navigation to the page itself
  readonly wireBytes: number; // as they came, heads included
  readonly compressedBytes: number; // of bodies, with gzip; of the stream its first event
};

const PATIENCE_MS = 30_000;

// Runs in the page before its own scripts: notes when the first frame with figures is painted.
const WATCH = `(() => {
  const isShown = () =>
    document.querySelector(".summary strong") !== null &&
    document.querySelector(".graph a.node") !== null &&
    [...document.querySelectorAll("table.workloads td.number")].some((cell) =>
      /\\d/.test(cell.textContent));
  const watch = () => {
    if (!isShown()) return requestAnimationFrame(watch);
    // What is drawn in this frame is on the screen when the next one begins.
    requestAnimationFrame(() => {
      window.tellShown({ originMs: performance.timeOrigin, atMs: performance.now() });
    });
  };
  requestAnimationFrame(watch);
})()`;

export async function firstView(browser: Browser, link: string): Promise<FirstView> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const shown = Promise.withResolvers<Shown>();
    await context.exposeBinding("tellShown", (_, told: Shown) => shown.resolve(told));
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    const heard = hearBytes(network);
    const followedAtMs = performance.timeOrigin + performance.now();
    await page.goto(link, { waitUntil: "commit" });
    const { originMs, atMs } = await Promise.race([shown.promise, late()]);
    const { wireBytes, compressedBytes } = await heard();
    return {
      linkMs: rounded(originMs + atMs - followedAtMs),
      pageMs: rounded(atMs),
      ...{ wireBytes, compressedBytes },
    };
  } finally {
    await context.close();
  }
}

// On the page's clock: when its navigation began, and how long after that it was shown.
type Shown = { readonly originMs: number; readonly atMs: number };

async function late(): Promise<never> {
  await wait(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`The overview was not shown within ${PATIENCE_MS} ms`);
}

type Heard = Pick<FirstView, "wireBytes" | "compressedBytes">;

function hearBytes(network: CDPSession): () => Promise<Heard> {
  const finished = new Map<string, number>();
  let firstEvent = "";
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    finished.set(requestId, encodedDataLength);
  });
  network.on("Network.eventSourceMessageReceived", ({ data }) => {
    firstEvent ||= data;
  });
  return async () => {
    let wireBytes = Buffer.byteLength(firstEvent);
    let compressedBytes = gzipSync(firstEvent).length;
    for (const [requestId, length] of finished) {
      wireBytes += length;
      compressedBytes += await compressedLength(network, requestId, length);
    }
    return { wireBytes, compressedBytes };
  };
}

// The browser forgets the body of a page that it has left: the few bytes of the login's.
async function compressedLength(network: CDPSession, requestId: string, otherwise: number) {
  try {
    const { body, base64Encoded } = await network.send("Network.getResponseBody", { requestId });
    return gzipSync(Buffer.from(body, base64Encoded ? "base64" : "utf8")).length;
  } catch {
    return otherwise;
  }
}

function rounded(ms: number): number {
  return Number(ms.toFixed(1));
}

// Pictures of a page by day and by night, for people to look at: in the folder that WEFT_SHOTS names,
// and nowhere else.

import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";

const FOLDER = process.env["WEFT_SHOTS"];

export async function shoot(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png`, fullPage });
  }
}

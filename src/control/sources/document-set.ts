// What a source of documents says at one moment: a save is one transaction.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";

export type DocumentSet = {
  // In the order of files, then of their text.
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
  // What stands in each file now, good or not; "" where it can't be read.
  readonly texts: ReadonlyMap<string, string>;
};

// Are there documents to start a mesh from? Undefined: yes; else the sentence why not.

import { readdirSync, statSync } from "node:fs";
import { systemReason } from "./system-reason.ts";

const ENDINGS = [".yaml", ".yml", ".json"];

export function documentsTrouble(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) {
      return `Cannot start a mesh from ${folder}: it is a file, -f wants the folder of documents`;
    }
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    if (names.some((name) => ENDINGS.some((ending) => name.endsWith(ending)))) return undefined;
    return (
      `Cannot start a mesh from ${folder}: it contains no document (*.yaml, *.yml, *.json). ` +
      "examples/bookshop/mesh shows what one looks like"
    );
  } catch (error) {
    return `Cannot start a mesh from ${folder}: ${systemReason(error)}`;
  }
}

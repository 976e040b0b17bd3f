// `--watch`: the same command again and again, as a live view on a terminal; into a pipe, one after
// the other. A mesh that is away for a while shows as such, and the view goes on.

import type { Command } from "commander";
import { paint } from "./paint.ts";
import type { ExitCode, Surroundings, Terminal } from "./surroundings.ts";
import { EXIT } from "./surroundings.ts";

export type WatchFlags = { readonly watch?: boolean };

const EVERY_MS = 1000;

const ALTERNATE_SCREEN = "\u001b[?1049h\u001b[?25l";
const MAIN_SCREEN = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const REST_OF_LINE = "\u001b[K";
const REST_OF_SCREEN = "\u001b[J";

export function addWatchOption(command: Command): Command {
  return command.option("-w, --watch", "again every second, as a live view; q ends it");
}

export async function watching(
  surroundings: Surroundings,
  { watch }: WatchFlags,
  tell: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
  if (!watch) return tell(surroundings);
  const { terminal } = surroundings;
  if (terminal) return watchTerminal(surroundings, terminal, tell);
  for (let code: ExitCode = EXIT.ok; code !== EXIT.usage; await pause(EVERY_MS)) {
    const told = await collect(surroundings, tell);
    surroundings.out(told.out);
    surroundings.error(told.error);
    code = told.code;
  }
  surroundings.exit(EXIT.usage);
}

async function watchTerminal(
  surroundings: Surroundings,
  terminal: Terminal,
  tell: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
  let isOver = false;
  let wake = (): void => {};
  const release = terminal.onKey((key) => {
    if (key === "q" || key === "\u0003" || key === "\u001b") isOver = true;
    wake();
  });
  surroundings.out(ALTERNATE_SCREEN);
  let last: Collected | undefined;
  while (!isOver) {
    last = await collect(surroundings, tell);
    if (isOver || last.code === EXIT.usage) break;
    surroundings.out(screenOf(surroundings, terminal, last));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, EVERY_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  surroundings.out(MAIN_SCREEN);
  release();
  if (last?.code === EXIT.usage) surroundings.error(last.error);
  surroundings.exit(last?.code === EXIT.usage ? EXIT.usage : EXIT.ok);
}

type Collected = { readonly out: string; readonly error: string; readonly code: ExitCode };

async function collect(
  surroundings: Surroundings,
  tell: (surroundings: Surroundings) => Promise<void>,
): Promise<Collected> {
  let out = "";
  let error = "";
  let code: ExitCode = EXIT.ok;
  await tell({
    ...surroundings,
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    exit: (told) => {
      code = told;
    },
  });
  return { out, error, code };
}

// Over the one before, so that nothing flickers.
function screenOf(surroundings: Surroundings, terminal: Terminal, { out, error }: Collected) {
  const { columns, rows } = terminal.size();
  const lines = [...out.split("\n"), ...error.split("\n")].filter((line) => line !== "");
  const shown = lines.slice(0, Math.max(rows - 2, 1));
  const left = lines.length - shown.length;
  const foot = `${new Date().toLocaleTimeString()}  every second, q ends${
    left > 0 ? `, ${left} more lines` : ""
  }`;
  const body = shown.map((line, i) => {
    const cut = line.slice(0, columns);
    return `${i === 0 ? paint(surroundings, "dim", cut) : cut}${REST_OF_LINE}`;
  });
  const all = [...body, paint(surroundings, "dim", foot.slice(0, columns)) + REST_OF_LINE];
  return `${HOME}${all.join("\r\n")}${REST_OF_SCREEN}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

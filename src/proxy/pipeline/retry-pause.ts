// Hot path.
//
// How long to wait when every endpoint has been tried: a restart takes a moment.

const FIRST_MS = 20;
const MOST_MS = 320;

export function retryPauseMs(attempts: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** (attempts - 1));
}

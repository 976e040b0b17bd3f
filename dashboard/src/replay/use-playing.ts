// Goes on by a step whenever what is shown is there, until somebody stops it or it is at the end.

import { useEffect, useState } from "preact/hooks";

const STEP_EVERY_MS = 400;

export type Playing = { readonly isPlaying: boolean; play(): void; stop(): void };

export function usePlaying(isThere: boolean, hasNext: boolean, step: () => void): Playing {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    if (!hasNext) return setPlaying(false);
    if (!isThere) return;
    const timer = setTimeout(step, STEP_EVERY_MS);
    return () => clearTimeout(timer);
  });
  return { isPlaying, play: () => setPlaying(true), stop: () => setPlaying(false) };
}

// Where somebody is, and is again after going back.

import { useEffect, useState } from "preact/hooks";
import { type Place, parsePlace } from "./place.ts";

export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return parsePlace(hash);
}

// http[].mirror and mirrors of a VirtualService: who gets a copy of the requests.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteMirror } from "#ir/route-traffic.ts";
import { readMirrorDestination } from "./destination.ts";
import { readShare } from "./percentage.ts";

export function readMirrors(rule: FieldReader, namespace: string): readonly RouteMirror[] {
  const share = readShare(rule, "mirrorPercentage", "mirrorPercent", "mirror_percent");
  const one = rule.object("mirror");
  const mirrors = rule.list("mirrors").map((reader) => {
    reader.require("destination", "the service that gets the copies");
    const destination = reader.object("destination");
    const own = readShare(reader, "percentage");
    return destination && mirrorTo(destination, own, namespace);
  });
  if (one && mirrors.length > 0) {
    rule.report(["mirror"], {
      ...{ severity: "warning", code: "WEFT106" },
      message: "Found mirror beside mirrors, must be one of them; both are mirrored to",
      remedy: "Write all of them into mirrors.",
    });
  }
  const single = one && mirrorTo(one, share, namespace);
  return [single, ...mirrors].flatMap((mirror) => mirror ?? []);
}

// One that can't be read is reported, and gets no copies.
function mirrorTo(
  destination: FieldReader,
  share: number,
  namespace: string,
): RouteMirror | undefined {
  const backend = readMirrorDestination(destination, namespace);
  return backend && { backend, share, marksAuthority: true };
}

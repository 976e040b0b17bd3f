// Which documents changed lately, and where they are edited. It has its height whatever there is.

import type { ChangedObject, MeshChange } from "#api/mesh-change.ts";
import { durationText } from "#dashboard/text/duration-text.ts";
import { askedPlace } from "#dashboard/way/place.ts";
import { ScrollRegion } from "./scroll-region.tsx";

type Props = { readonly changes: readonly MeshChange[]; readonly nowMs: number };

export function ChangedLately({ changes, nowMs }: Props) {
  return (
    <ScrollRegion label="What changed lately">
      <ul class="concerns">
        {changes.length === 0 && (
          <li class="faint">No document has changed since the control plane started.</li>
        )}
        {changes.map((change) => (
          <li key={change.atMs}>
            <span class="faint">{durationText(nowMs - change.atMs)} ago</span>{" "}
            {change.objects.map((object, i) => (
              <>
                {i > 0 && ", "}
                <ChangedName object={object} />
              </>
            ))}
            {change.further > 0 && ` and ${change.further} more`}
          </li>
        ))}
      </ul>
    </ScrollRegion>
  );
}

function ChangedName({ object }: { readonly object: ChangedObject }) {
  const { kind, namespace, name, what, file } = object;
  const text = `${kind} ${namespace}/${name}`;
  const isThere = file !== null && what !== "removed";
  return (
    <>
      {isThere ? <a href={askedPlace("configure", { file })}>{text}</a> : <strong>{text}</strong>}{" "}
      {what}
    </>
  );
}

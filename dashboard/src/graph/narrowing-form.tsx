// What part of the graph is shown, and how large.

import type { MeshView } from "#api/mesh-view.ts";
import type { Narrowing } from "./narrowed.ts";

type Props = {
  readonly view: MeshView;
  readonly narrowing: Narrowing;
  readonly narrow: (narrowing: Narrowing) => void;
  readonly zoom: number;
  readonly setZoom: (zoom: number) => void;
};

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export function NarrowingForm({ view, narrowing, narrow, zoom, setZoom }: Props) {
  const { find, namespace, onlyFailing } = narrowing;
  const namespaces = [...new Set(view.workloads.map((row) => row.namespace))].sort();
  return (
    <form class="fields" onSubmit={(event) => event.preventDefault()}>
      <label>
        Find
        <input
          type="search"
          value={find}
          placeholder="a workload and its neighbours"
          onInput={(event) => narrow({ ...narrowing, find: event.currentTarget.value })}
        />
      </label>
      <label>
        Namespace
        <select
          value={namespace}
          onChange={(event) => narrow({ ...narrowing, namespace: event.currentTarget.value })}
        >
          <option value="">all</option>
          {namespaces.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Size
        <select value={zoom} onChange={(event) => setZoom(Number(event.currentTarget.value))}>
          {ZOOMS.map((each) => (
            <option key={each} value={each}>
              {each * 100} %
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={onlyFailing}
          onChange={(event) => narrow({ ...narrowing, onlyFailing: event.currentTarget.checked })}
        />
        only calls that fail
      </label>
    </form>
  );
}

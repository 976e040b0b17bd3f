// A manifest with holes that values fill. There are two ways to fill them: `fillTemplate` does it
// here, for `weft install`; `chartText` prints them as Helm's actions, for the chart. So both come
// from the same manifests.

export type Template =
  | string
  | number
  | boolean
  | null
  | Hole
  | readonly Template[]
  | { readonly [name: string]: Template };

// What becomes of the values at `paths` ("control.replicas"):
//   value     the one value itself
//   optional  the same, in a map: without its name there where it is empty
//   join      their texts, with `between` them
//   json      the one value as a text in JSON
export class Hole {
  readonly use: "value" | "optional" | "join" | "json";
  readonly paths: readonly string[];
  readonly between: string;

  constructor(use: Hole["use"], paths: readonly string[], between = "") {
    this.use = use;
    this.paths = paths;
    this.between = between;
  }
}

export function value(path: string): Hole {
  return new Hole("value", [path]);
}

export function optional(path: string): Hole {
  return new Hole("optional", [path]);
}

export function asJson(path: string): Hole {
  return new Hole("json", [path]);
}

export function joined(between: string, ...paths: readonly string[]): Hole {
  return new Hole("join", paths, between);
}

// One object, to be there unless the value at `when` is empty: false, 0, "", [] or {}, as in Helm's
// `if`.
export type Manifest = {
  readonly object: { readonly [name: string]: Template };
  readonly when?: string;
};

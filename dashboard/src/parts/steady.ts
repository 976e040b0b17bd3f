// A part that is drawn again only when one of its properties is another: what hasn't changed since
// the last second costs a comparison. For parts without a state of their own.

import { Component, type ComponentChild } from "preact";

export function steady<Props extends object>(draw: (props: Props) => ComponentChild) {
  return class Steady extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return differ(this.props, next);
    }

    override render(): ComponentChild {
      return draw(this.props);
    }
  };
}

function differ(a: object, b: object): boolean {
  const before = a as Readonly<Record<string, unknown>>;
  const after = b as Readonly<Record<string, unknown>>;
  for (const name in after) if (before[name] !== after[name]) return true;
  for (const name in before) if (!(name in after)) return true;
  return false;
}

// A part that follows the figures while it is on the screen, or nearly, and keeps still elsewhere: of
// a table of hundreds of rows only those that somebody can see cost anything.

import { Component, type ComponentChild } from "preact";

// So that what is scrolled to is there already.
const MARGIN_PX = 600;

export type Seen = (element: Element | null) => void;

// `seen` is the reference of the element by which it is told where the part is.
export function nearScreen<Props extends object>(
  draw: (props: Props, seen: Seen) => ComponentChild,
) {
  return class NearScreen extends Component<Props> {
    // Until it is known: then it isn't empty, wherever it is.
    #isNear = true;
    #element: Element | undefined;

    override componentWillUnmount(): void {
      this.#seen(null);
    }

    override shouldComponentUpdate(): boolean {
      return this.#isNear;
    }

    override render(): ComponentChild {
      return draw(this.props, this.#seen);
    }

    readonly #seen: Seen = (element) => {
      if (this.#element) unwatch(this.#element);
      this.#element = element ?? undefined;
      if (element) watch(element, (isNear) => this.#move(isNear));
    };

    #move(isNear: boolean): void {
      const comes = isNear && !this.#isNear;
      this.#isNear = isNear;
      if (comes) this.forceUpdate();
    }
  };
}

type Tell = (isNear: boolean) => void;

const listeners = new WeakMap<Element, Tell>();
let observer: IntersectionObserver | undefined;

function watch(element: Element, tell: Tell): void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
    },
    { rootMargin: `${MARGIN_PX}px` },
  );
  listeners.set(element, tell);
  observer.observe(element);
}

function unwatch(element: Element): void {
  listeners.delete(element);
  observer?.unobserve(element);
}

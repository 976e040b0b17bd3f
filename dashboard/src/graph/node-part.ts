// A workload in the picture.

import type { NodeFigures } from "./node-figures.ts";
import { attributeSlot, type Slot, textSlot } from "./slots.ts";

const STATES = {
  past: { sign: "", text: "as it was" },
  foreign: { sign: "", text: "not in the mesh" },
  absent: { sign: "○", text: "no proxy" },
  starting: { sign: "◐", text: "not ready" },
  ready: { sign: "●", text: "ready" },
} as const satisfies Record<NodeFigures["state"], object>;

export class NodePart {
  readonly #class: Slot;
  readonly #href: Slot;
  readonly #label: Slot;
  readonly #title: Slot;
  readonly #sign: Slot;
  readonly #figures: Slot;
  readonly #tone: Slot;
  #state: NodeFigures["state"] = "ready";
  #isDimmed = false;

  constructor(node: Element) {
    const figures = node.querySelector(".figures")!;
    this.#class = attributeSlot(node, "class");
    this.#href = attributeSlot(node, "href");
    this.#label = attributeSlot(node, "aria-label");
    this.#title = textSlot(node.querySelector("title")!);
    this.#sign = textSlot(node.querySelector(".state")!);
    this.#figures = textSlot(figures);
    this.#tone = attributeSlot(figures, "class");
  }

  dim(isDimmed: boolean): void {
    this.#isDimmed = isDimmed;
    this.#class(this.#classes());
  }

  show({ name, shortName, href, state, tone, figures }: NodeFigures): void {
    const { sign, text } = STATES[state];
    this.#state = state;
    this.#class(this.#classes());
    this.#href(href);
    this.#label(`${shortName} ${figures}, ${text}`);
    this.#title(`${name}: ${text}`);
    this.#sign(sign);
    this.#figures(figures);
    this.#tone(`figures ${tone}`);
  }

  #classes(): string {
    return `node ${this.#state}${this.#isDimmed ? " dimmed" : ""}`;
  }
}

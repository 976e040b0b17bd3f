// A call in the picture: its line, and what it carries on a plate.

import type { EdgeFigures } from "./edge-figures.ts";
import { lockBow } from "./lock.tsx";
import { attributeSlot, type Slot, textSlot } from "./slots.ts";

const LOCK_WIDTH_PX = 13;
const PAD_PX = 8;
// Nearly: text can't be measured before it is shown, and then it would move.
const CHARACTER_WIDTH_PX = 6.8;

export class EdgePart {
  readonly #class: Slot;
  readonly #title: Slot;
  readonly #width: Slot;
  readonly #plateClass: Slot;
  readonly #plateLeft: Slot;
  readonly #plateWidth: Slot;
  readonly #lockPlace: Slot;
  readonly #lockBow: Slot;
  readonly #textLeft: Slot;
  readonly #text: Slot;
  #said = "";

  constructor(call: Element, plate: Element) {
    const within = (selector: string) => plate.querySelector(selector)!;
    this.#class = attributeSlot(call, "class");
    this.#title = textSlot(call.querySelector("title")!);
    this.#width = attributeSlot(call.querySelector(".line")!, "stroke-width");
    this.#plateClass = attributeSlot(plate, "class");
    this.#plateLeft = attributeSlot(within(".halo"), "x");
    this.#plateWidth = attributeSlot(within(".halo"), "width");
    this.#lockPlace = attributeSlot(within(".lock"), "transform");
    this.#lockBow = attributeSlot(within(".bow"), "d");
    this.#textLeft = attributeSlot(within("text"), "x");
    this.#text = textSlot(within("text"));
  }

  show({ classes, widthPx, isQuiet, isSecured, text }: EdgeFigures, isDimmed: boolean): void {
    const apart = isDimmed ? " dimmed" : "";
    this.#class(`call edge ${classes}${apart}`);
    this.#width(String(widthPx));
    this.#lockBow(lockBow(isSecured));
    this.#plateClass(`label edge ${classes}${apart}`);
    if (isQuiet || text === undefined || text === this.#said) return;
    this.#said = text;
    this.#plate(text);
  }

  #plate(text: string): void {
    const plateWidthPx = 2 * PAD_PX + LOCK_WIDTH_PX + text.length * CHARACTER_WIDTH_PX;
    const leftPx = -plateWidthPx / 2;
    this.#plateLeft(leftPx.toFixed(1));
    this.#plateWidth(plateWidthPx.toFixed(1));
    this.#lockPlace(`translate(${(leftPx + PAD_PX).toFixed(1)} -5.5)`);
    this.#textLeft((leftPx + PAD_PX + LOCK_WIDTH_PX).toFixed(1));
    this.#text(text);
  }

  tell(title: string): void {
    this.#title(title);
  }
}

// Places in the document that are written when they are to say something else than before.

export type Slot = (value: string) => void;

export function attributeSlot(element: Element, name: string): Slot {
  let last: string | undefined;
  return (value) => {
    if (value === last) return;
    last = value;
    element.setAttribute(name, value);
  };
}

export function textSlot(element: Element): Slot {
  let last: string | undefined;
  return (value) => {
    if (value === last) return;
    last = value;
    const text = element.firstChild;
    if (text instanceof Text) text.data = value;
    else element.textContent = value;
  };
}

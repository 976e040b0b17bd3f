// What may be wider than the screen: it scrolls by itself, by keyboard too.

import type { ComponentChildren } from "preact";

type Props = { readonly label: string; readonly children: ComponentChildren };

export function ScrollRegion({ label, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it no key scrolls the region
    <section class="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

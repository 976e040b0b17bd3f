// A share as a bar and as text. The bar is an SVG, as the page may have no inline styles.

import { shareText } from "#dashboard/text/share-text.ts";

export function ShareBar({ share }: { readonly share: number | null }) {
  return (
    <div class="share">
      <svg class="bar" aria-hidden="true">
        <rect class="all" width="100%" height="100%" rx="3" />
        <rect class="part" width={`${(share ?? 0) * 100}%`} height="100%" rx="3" />
      </svg>
      <span class="figure">{shareText(share)}</span>
    </div>
  );
}

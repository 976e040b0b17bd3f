// A body as it was told: text as it is, and never more than text.

import type { TappedBody } from "#api/tap.ts";
import { ScrollRegion } from "#dashboard/parts/scroll-region.tsx";
import { bodyNote } from "./body-note.ts";

type Props = { readonly title: string; readonly body: TappedBody };

export function TappedBodyView({ title, body }: Props) {
  const shown = body.text ?? body.base64 ?? "";
  return (
    <>
      <h3>{title}</h3>
      <p class="faint tapped-note">{bodyNote(body)}</p>
      {shown !== "" && (
        <ScrollRegion label={title}>
          <pre class="tapped-body">{shown}</pre>
        </ScrollRegion>
      )}
    </>
  );
}

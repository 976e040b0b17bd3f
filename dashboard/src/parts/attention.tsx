// What wants attention. It has its height whatever there is, so that nothing below it moves.

import type { MeshView } from "#api/mesh-view.ts";
import { attentionOf } from "./attention-of.ts";
import { CommandLine } from "./command-line.tsx";
import { Panel } from "./panel.tsx";
import { ScrollRegion } from "./scroll-region.tsx";

export function Attention({ view }: { readonly view: MeshView }) {
  const concerns = attentionOf(view);
  return (
    <Panel id="attention" title="Wants attention" note="the worst first">
      <ScrollRegion label="What wants attention">
        <ul class="concerns">
          {concerns.length === 0 && (
            <li class="good">
              <span aria-hidden="true">●</span> Nothing: every workload is ready, every call goes
              well, every document is in effect.
            </li>
          )}
          {concerns.map(({ key, tone, what, href }) => (
            <li key={key} class={tone}>
              <span aria-hidden="true">{tone === "bad" ? "◆" : "▲"}</span> <a href={href}>{what}</a>
            </li>
          ))}
        </ul>
      </ScrollRegion>
      <CommandLine text="weft check" />
    </Panel>
  );
}

// A text of documents, with the numbers of its lines and what is wrong in them.

import { useRef } from "preact/hooks";
import type { Diagnostic, Severity } from "#ir/diagnostic.ts";

type Props = {
  readonly label: string;
  readonly text: string;
  readonly isReadOnly: boolean;
  readonly found: readonly Diagnostic[]; // of this text
  readonly edit: (text: string) => void;
};

const WORST: readonly Severity[] = ["error", "warning", "info"];

export function Editor({ label, text, isReadOnly, found, edit }: Props) {
  const numbers = useRef<HTMLOListElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text.split("\n");
  const severities = worstByLine(found);
  const follow = () => {
    numbers.current!.scrollTop = area.current!.scrollTop;
  };
  return (
    <div class="editor">
      <ol class="lines" ref={numbers} aria-hidden="true">
        {lines.map((_, i) => (
          <li key={i} class={severities.get(i + 1) ?? ""}>
            {i + 1}
          </li>
        ))}
      </ol>
      <textarea
        ref={area}
        aria-label={label}
        value={text}
        readOnly={isReadOnly}
        spellcheck={false}
        wrap="off"
        rows={Math.min(40, Math.max(12, lines.length + 1))}
        onInput={(event) => edit(event.currentTarget.value)}
        onScroll={follow}
      />
    </div>
  );
}

function worstByLine(found: readonly Diagnostic[]): ReadonlyMap<number, Severity> {
  const worst = new Map<number, Severity>();
  for (const { position, severity } of found) {
    if (!position) continue;
    const before = worst.get(position.line);
    if (!before || WORST.indexOf(severity) < WORST.indexOf(before)) {
      worst.set(position.line, severity);
    }
  }
  return worst;
}

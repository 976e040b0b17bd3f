// The same in a terminal, ready to be copied.

import { useState } from "preact/hooks";

const COPIED_MS = 1500;

export function CommandLine({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_MS);
    });
  };
  return (
    <p class="command-line">
      <span class="faint" aria-hidden="true">
        ${" "}
      </span>
      <code>{text}</code>
      <button type="button" onClick={copy} aria-label={`Copy: ${text}`}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </p>
  );
}

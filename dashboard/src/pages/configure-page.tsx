// The documents: edited here with the mesh's own validators, looked at before they are applied,
// applied as one change, and taken back.

import { useState } from "preact/hooks";
import type { DocumentFile, Documents } from "#api/documents.ts";
import type { MeshView } from "#api/mesh-view.ts";
import { useRole } from "#dashboard/ask/use-role.ts";
import { AppliedNote } from "#dashboard/configure/applied-note.tsx";
import { Editor } from "#dashboard/configure/editor.tsx";
import { History } from "#dashboard/configure/history.tsx";
import { PreviewView } from "#dashboard/configure/preview-view.tsx";
import { type Changing, useChanging, useDocuments } from "#dashboard/configure/use-documents.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { shellWord } from "#dashboard/parts/shell-word.ts";
import { askedPlace } from "#dashboard/way/place.ts";

type Props = { readonly asked: URLSearchParams; readonly view: MeshView };

export function ConfigurePage({ asked, view }: Props) {
  const documents = useDocuments();
  const changing = useChanging(documents.again);
  const mayWrite = useRole() === "write";
  const { answer } = documents;
  if (!answer) return <p class="empty">Reading the documents …</p>;
  if (answer.kind === "error") return <ErrorNote error={answer.error} />;
  const { files, history, isEditable, remedy } = answer.value;
  const file = files.find((each) => each.file === asked.get("file")) ?? files[0];
  return (
    <>
      {!mayWrite && (
        <p class="notice">
          This session may only read. <code>weft dashboard --write</code> opens one that may change
          the mesh.
        </p>
      )}
      {!isEditable && <p class="notice">{remedy}</p>}
      <Panel id="documents" title="Documents" note="a change is one transaction, or none">
        <FileList documents={answer.value} view={view} file={file} />
        {file && (
          <FileEditor
            key={`${file.file} ${file.hash}`}
            file={file}
            view={view}
            changing={changing}
            mayWrite={mayWrite && isEditable}
          />
        )}
        {changing.applied && <AppliedNote applied={changing.applied} />}
      </Panel>
      <Panel id="history" title="Changes" note="made here or with weft apply; the newest first">
        <History
          history={history}
          nowMs={view.atMs}
          mayWrite={mayWrite && isEditable && !changing.isBusy}
          rollback={changing.rollback}
        />
        <CommandLine text="weft rollback --list" />
      </Panel>
    </>
  );
}

type ListProps = {
  readonly documents: Documents;
  readonly view: MeshView;
  readonly file: DocumentFile | undefined;
};

function FileList({ documents, view, file }: ListProps) {
  const errors = (name: string) =>
    view.diagnostics.filter(
      ({ position, severity }) => position?.file === name && severity === "error",
    ).length;
  return (
    <nav class="files" aria-label="Files">
      {documents.files.map(({ file: name }) => (
        <a
          key={name}
          href={askedPlace("configure", { file: name })}
          aria-current={name === file?.file ? "true" : undefined}
        >
          {name}
          {errors(name) > 0 && <span class="bad"> ◆ {errors(name)}</span>}
        </a>
      ))}
    </nav>
  );
}

type EditorProps = {
  readonly file: DocumentFile;
  readonly view: MeshView;
  readonly changing: Changing;
  readonly mayWrite: boolean;
};

function FileEditor({ file, view, changing, mayWrite }: EditorProps) {
  const [text, setText] = useState(file.text);
  const isChanged = text !== file.text;
  const change = { file: file.file, text, before: file.hash };
  const previewed = changing.preview?.kind === "ok" ? changing.preview.value : undefined;
  const found = (previewed?.diagnostics ?? view.diagnostics).filter(
    ({ position }) => position?.file === file.file,
  );
  return (
    <>
      <Editor
        label={`Text of ${file.file}`}
        text={text}
        isReadOnly={false}
        found={found}
        edit={setText}
      />
      <div class="actions">
        <button
          type="button"
          disabled={!isChanged || changing.isBusy}
          onClick={() => changing.look([change])}
        >
          See what changes
        </button>
        <button
          type="button"
          class="primary"
          disabled={!isChanged || !mayWrite || changing.isBusy || previewed?.hasErrors === true}
          onClick={() => changing.apply({ changes: [change], note: `edited ${file.file}` })}
        >
          Apply
        </button>
        <button type="button" disabled={!isChanged} onClick={() => setText(file.text)}>
          Undo
        </button>
      </div>
      {changing.preview && <PreviewView preview={changing.preview} />}
      <CommandLine text={`weft apply -f ${shellWord(file.file)} --dry-run`} />
    </>
  );
}

// A request that is asked about, or that has been: the decision, drawn.

import { useState } from "preact/hooks";
import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Explanation, HeaderPair } from "#api/explanation.ts";
import type { MeshView } from "#api/mesh-view.ts";
import type { PastExplanation } from "#api/past-explanation.ts";
import { useAnswer } from "#dashboard/ask/use-answer.ts";
import { DecisionView } from "#dashboard/explain/decision-view.tsx";
import { parseHeaders } from "#dashboard/explain/parse-headers.ts";
import { PastView } from "#dashboard/explain/past-view.tsx";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { shellWord } from "#dashboard/parts/shell-word.ts";
import { askedPlace } from "#dashboard/way/place.ts";

const EXPLAIN: (typeof ADMIN_PATHS)["explain"] = "/api/v1/explain";
const PAST: (typeof ADMIN_PATHS)["explainPast"] = "/api/v1/explain/past";

type Props = { readonly asked: URLSearchParams; readonly view: MeshView };

export function ExplainPage({ asked, view }: Props) {
  const id = asked.get("id") ?? "";
  const to = asked.get("to") ?? "";
  return (
    <>
      <Panel id="question" title="Ask" note="where would this request go, and why?">
        <QuestionForm asked={asked} view={view} />
      </Panel>
      {id !== "" && <PastAnswer id={id} />}
      {id === "" && to !== "" && <Answer asked={asked} />}
    </>
  );
}

function Answer({ asked }: { readonly asked: URLSearchParams }) {
  const question = questionOf(asked);
  const { answer } = useAnswer<Explanation>(EXPLAIN, question);
  return (
    <Panel id="answer" title="Answer" note="by the decision that every proxy takes">
      {!answer && <p class="empty">Asking …</p>}
      {answer?.kind === "error" && <ErrorNote error={answer.error} />}
      {answer?.kind === "ok" && <DecisionView explanation={answer.value} />}
      <CommandLine text={commandOf(question)} />
    </Panel>
  );
}

function PastAnswer({ id }: { readonly id: string }) {
  const { answer } = useAnswer<PastExplanation>(`${PAST}?id=${encodeURIComponent(id)}`);
  return (
    <Panel id="answer" title="What became of it" note={id}>
      {!answer && <p class="empty">Asking …</p>}
      {answer?.kind === "error" && <ErrorNote error={answer.error} />}
      {answer?.kind === "ok" && <PastView past={answer.value} />}
      <CommandLine text={`weft explain ${shellWord(id)}`} />
    </Panel>
  );
}

function QuestionForm({ asked, view }: Props) {
  const [error, setError] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(said.get(name) ?? "").trim();
    const headers = parseHeaders(text("headers"));
    setError(headers.problem);
    if (headers.problem !== "") return;
    const names = ["from", "to", "method", "path", "headers", "id"] as const;
    location.hash = askedPlace(
      "explain",
      Object.fromEntries(names.map((name) => [name, text(name)])),
    );
  };
  const value = (name: string, fallback = "") => asked.get(name) ?? fallback;
  const services = [...new Set(view.routes.map(({ service }) => serviceKey(service)))].sort();
  return (
    <form class="fields" onSubmit={submit} key={asked.toString()}>
      <label>
        From
        <input name="from" list="workloads-known" value={value("from")} placeholder="any caller" />
      </label>
      <label>
        To
        <input name="to" list="services-known" value={value("to")} placeholder="reviews:9080" />
      </label>
      <label class="short">
        Method
        <input name="method" value={value("method", "GET")} />
      </label>
      <label>
        Path
        <input name="path" value={value("path", "/")} />
      </label>
      <label class="wide">
        Headers, one a line
        <textarea name="headers" rows={2} placeholder="x-user: ann" value={value("headers")} />
      </label>
      <label class="wide">
        Or the x-request-id of a request that has been
        <input name="id" value={value("id")} />
      </label>
      <datalist id="workloads-known">
        {view.workloads.map(({ namespace, name }) => (
          <option key={`${namespace}/${name}`} value={name} />
        ))}
      </datalist>
      <datalist id="services-known">
        {services.map((service) => (
          <option key={service} value={service} />
        ))}
      </datalist>
      {error !== "" && (
        <p class="error-note wide" role="alert">
          {error}
        </p>
      )}
      <button type="submit" class="primary">
        Explain
      </button>
    </form>
  );
}

function serviceKey(service: { name: string; namespace: string; port: number }): string {
  return `${service.name}.${service.namespace}:${service.port}`;
}

type Question = {
  readonly from?: string;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HeaderPair[];
};

function questionOf(asked: URLSearchParams): Question {
  const from = asked.get("from") ?? "";
  return {
    ...(from !== "" && { from }),
    to: asked.get("to") ?? "",
    method: asked.get("method") || "GET",
    path: asked.get("path") || "/",
    headers: parseHeaders(asked.get("headers") ?? "").headers,
  };
}

function commandOf({ from, to, method, path, headers }: Question): string {
  const words = [
    ...(from === undefined ? [] : ["--from", from]),
    ...["--to", to, "--method", method, "--path", path],
    ...headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
  ];
  return `weft explain ${words.map(shellWord).join(" ")}`;
}

import { render } from "preact";
import { Page } from "#dashboard/parts/page.tsx";
import "#dashboard/style/base.css";
import "#dashboard/style/page.css";
import "#dashboard/style/tables.css";
import "#dashboard/style/graph.css";
import "#dashboard/style/pages.css";

render(<Page />, document.getElementById("app")!);

import assert from "node:assert/strict";
import { test } from "node:test";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { groupRoutes } from "./group-routes.ts";

test("rows of one rule stand together, in the same order whatever order they came in", () => {
  const { routes } = bookshopView(5);
  const groups = groupRoutes([...routes].reverse());
  assert.deepEqual(groups, groupRoutes(routes));
  assert.deepEqual(
    groups
      .filter(({ service }) => service.name === "catalog")
      .map(({ rule, rows }) => [rule, rows.map(({ backend }) => backend)]),
    [
      [0, ["v2"]],
      [1, ["v1", "v2"]],
    ],
  );
});

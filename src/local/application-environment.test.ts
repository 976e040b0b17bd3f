import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApplicationSetting, applicationEnvironment } from "./application-environment.ts";

test("an application learns its ports, its dependencies' addresses and its proxy", () => {
  const environment = applicationEnvironment(setting());
  assert.equal(environment.get("PORT"), "20001");
  assert.equal(environment.get("PORT_HTTP"), "20001");
  assert.equal(environment.get("PORT_ADMIN_API"), "20002");
  assert.equal(environment.get("WEFT_WORKLOAD"), "shop/web");
  assert.equal(
    environment.get("WEFT_REVIEWS_URL"),
    "http://127.64.0.1:15001/~s3cret/reviews.shop:9080",
  );
  assert.equal(environment.get("http_proxy"), "http://weft:s3cret@127.64.0.1:15001");
  assert.equal(environment.get("https_proxy"), environment.get("http_proxy"));
  assert.equal(environment.get("no_proxy"), "127.0.0.1,localhost,::1,127.64.0.1");
  assert.equal(environment.get("NODE_USE_ENV_PROXY"), "1");
});

test("the pinned Node comes first on the PATH", () => {
  const environment = applicationEnvironment(setting());
  assert.equal(environment.get("PATH"), "/opt/node/bin:/usr/bin");
  const bare = applicationEnvironment(setting({ inherited: new Map() }));
  assert.equal(bare.get("PATH"), "/opt/node/bin");
});

test("two ports of one service get two names", () => {
  const dependencies = [9080, 9090].map((port) => ({
    namespace: "shop",
    service: "reviews",
    port,
    protocol: "http",
  }));
  const environment = applicationEnvironment(setting({ dependencies }));
  assert.match(environment.get("WEFT_REVIEWS_URL") ?? "", /:9080$/);
  assert.match(environment.get("WEFT_REVIEWS_SHOP_9090_URL") ?? "", /:9090$/);
});

test("a dependency over TCP is a host and a port on the sidecar", () => {
  const dependency = { namespace: "shop", service: "redis", protocol: "tcp" };
  const environment = applicationEnvironment(
    setting({
      dependencies: [6379, 6380].map((port) => ({ ...dependency, port })),
      tcp: [6380, 6379].map((port) => ({
        key: `redis.shop:${port}`,
        listener: { address: "127.64.0.1", port: port + 30_000 },
      })),
    }),
  );
  assert.equal(environment.get("WEFT_REDIS_HOST"), "127.64.0.1");
  assert.equal(environment.get("WEFT_REDIS_PORT"), "36379");
  assert.equal(environment.get("WEFT_REDIS_SHOP_6380_HOST"), "127.64.0.1");
  assert.equal(environment.get("WEFT_REDIS_SHOP_6380_PORT"), "36380");
  assert.equal(environment.has("WEFT_REDIS_URL"), false);
});

test("a document has the last word", () => {
  const environment = applicationEnvironment(setting({ declared: [["NODE_USE_ENV_PROXY", "0"]] }));
  assert.equal(environment.get("NODE_USE_ENV_PROXY"), "0");
});

function setting(other: Partial<ApplicationSetting> = {}): ApplicationSetting {
  return {
    workload: { namespace: "shop", name: "web" },
    ports: [
      { name: "http", port: 20_001 },
      { name: "admin-api", port: 20_002 },
    ],
    dependencies: [{ namespace: "shop", service: "reviews", port: 9080, protocol: "http" }],
    tcp: [],
    outbound: { address: "127.64.0.1", port: 15_001 },
    secret: "s3cret",
    nodeFolder: "/opt/node/bin",
    inherited: new Map([["PATH", "/usr/bin"]]),
    declared: [],
    ...other,
  };
}

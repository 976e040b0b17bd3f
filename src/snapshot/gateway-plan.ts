// What the proxy in front of a mesh runs on: where it listens, and which plan answers for which
// host. The routes of a host are no part of it: they are those of the outbound plan that its key
// leads to, so that a gateway's requests are decided as all others are.

export type GatewayPlan = {
  readonly kind: "gateway";
  readonly id: string; // "gateway/shop/edge"
  readonly hash: string; // of everything else
  readonly listeners: readonly GatewayListenerPlan[];
};

export type GatewayListenerPlan = {
  readonly name: string; // unique among them
  readonly address: string;
  readonly port: number;
  readonly proxyProtocol: ProxyProtocolPlan;
} & GatewayServicePlan;

export type GatewayServicePlan =
  // HTTP/1 and, with prior knowledge, HTTP/2.
  | { readonly protocol: "http"; readonly hosts: readonly GatewayHostPlan[] }
  // TLS ends here; by ALPN, HTTP/2 or HTTP/1.
  | {
      readonly protocol: "https";
      readonly hosts: readonly GatewayHostPlan[];
      readonly certificates: readonly GatewayCertificatePlan[];
    }
  // TLS ends behind: the ClientHello's server name is the host.
  | { readonly protocol: "tls-passthrough"; readonly hosts: readonly GatewayHostPlan[] }
  | { readonly protocol: "tcp"; readonly key: string };

// Which plan answers for a host. Of several the most exact wins: "shop.example" before
// "*.example" (any number of labels), and "*" takes what is left.
export type GatewayHostPlan = {
  readonly host: string;
  readonly key: string; // as an application would dial it: "web.shop:80"
};

export type GatewayCertificatePlan = {
  // Server names that it is shown for; here "*.example" stands for one label, as in certificates.
  // "*" is shown to who asks for no name, or for one that no other certificate has.
  readonly hosts: readonly string[];
  readonly chainPem: string; // the leaf first
  readonly key: string; // its name: keys are no part of a plan
};

// PROXY protocol. Where it is required, versions 1 and 2 are taken, and only from these peers: who
// else could connect would name any source it likes.
export type ProxyProtocolPlan =
  | { readonly kind: "off" }
  | { readonly kind: "required"; readonly from: readonly string[] }; // "10.0.0.0/8", "fd00::/8"

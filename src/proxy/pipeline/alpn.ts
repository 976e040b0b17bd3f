// What connections say they speak (RFC 7301).

// Between proxies of the mesh: HTTP/2 framing, see the wire's documentation.
export const MESH_ALPN = "weft/1";
// HBONE, from the proxies of other meshes: CONNECT over HTTP/2.
export const HBONE_ALPN = "h2";
export const CONTROL_ALPN = "h2";

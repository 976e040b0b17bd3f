// The backend: as little as possible, so that the proxies are what is measured.

const BODY = "x".repeat(105);

// @PORT@ is filled in by whoever starts it.
export function nginxConfig(folder: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  return `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  ${temporary}
  server {
    listen 127.0.0.1:@PORT@;
    location / { default_type text/plain; return 200 "${BODY}"; }
  }
}
`;
}

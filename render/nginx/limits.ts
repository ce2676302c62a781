import type { Box } from "../../box/model.ts";

/** The requests a second of one client, as `limit_req` has it: a location with a limit of its own does not inherit it. */
export function requestLimit({ clientRequestsPerSecond }: Pick<Box["limits"], "clientRequestsPerSecond">): string {
  return `zone=gatebox_requests burst=${4 * clientRequestsPerSecond} nodelay`;
}

/**
 * What one client may take of nginx. Only a request whose head has come counts; how many heads may be on their way is bounded by
 * the firewall (new connections) and by `client_header_timeout`.
 */
export function limitLines({ clientConnections, clientRequestsPerSecond, clientUploads }: Box["limits"]): string {
  return `    # What one client may take.
    map $content_length $large_body {
        default        '';
        "~^\\d{7,}$"    $binary_remote_addr;
    }
    map $http_transfer_encoding $uploading {
        default $binary_remote_addr;
        ''      $large_body;
    }
    limit_conn_zone $binary_remote_addr zone=gatebox_connections:10m;
    limit_conn_zone $uploading zone=gatebox_uploads:10m;
    limit_req_zone $binary_remote_addr zone=gatebox_requests:10m rate=${clientRequestsPerSecond}r/s;
    limit_conn gatebox_connections ${clientConnections};
    limit_conn gatebox_uploads ${clientUploads};
    limit_req ${requestLimit({ clientRequestsPerSecond })};
    limit_conn_status 429;
    limit_req_status 429;
`;
}

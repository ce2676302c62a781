/** Addresses of the web servers on the public network. */
export const WEBSERVERS: Readonly<Record<string, string>> = {
  "webserver-1": "192.168.0.30",
  "webserver-2": "192.168.0.32",
};

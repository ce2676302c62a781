import { describeViolations } from "../violations.ts";

const params = "webservers.routes.kibana.params";

describeViolations("what passes the edge", [
  {
    breaks: "a claim of the client, passed by its variable",
    changes: { [`${params}.proxy_set_header.values.X-WEBAUTH-USER`]: "$http_remote_user" },
    says: [
      `${params}.proxy_set_header.values.X-WEBAUTH-USER: "$http_remote_user" passes on $http_remote_user, which a client can set to anything: write nothing, or name remote-user under passHeaders`,
    ],
  },
  {
    breaks: "a decoded path in a redirect",
    changes: { [`${params}.return`]: { values: "302 https://protobox.test$uri" } },
    says: [
      `${params}.return.values: "302 https://protobox.test$uri" holds $uri, which nginx has decoded, line breaks included: write $request_uri`,
    ],
  },
  {
    breaks: "a decoded path in a header, in braces",
    changes: { [`${params}.add_header`]: { type: "repeat", values: { "X-Path": "${document_uri}" } } },
    says: [
      `${params}.add_header.values.X-Path: "\${document_uri}" holds \${document_uri}, which nginx has decoded, line breaks included: write $request_uri`,
    ],
  },
  {
    breaks: "a header for all applications that one may set",
    changes: { [`${params}.proxy_pass_header`]: { values: "clear-site-data" } },
    says: [
      `${params}.proxy_pass_header.values: Clear-Site-Data holds for every application under this name, and is the web servers' to set: leave it out`,
    ],
  },
  {
    breaks: "a header that passes anyway, one that the web servers set, and one that is none",
    changes: { "services.dash.web": { passHeaders: ["X-Api-Key", "X-Forwarded-For", "Remote User"] } },
    says: [
      'services.dash.web.passHeaders[0]: "X-Api-Key" passes as it is: leave it out',
      'services.dash.web.passHeaders[1]: "X-Forwarded-For" is what the web servers say of each request themselves: leave it out',
      'services.dash.web.passHeaders[2]: "Remote User" is not the name of a header: write letters, digits and "-"',
    ],
  },
  {
    breaks: "limits that are none",
    changes: { limits: { headerKb: 4, bodyMb: "100m", answerSeconds: 0.5, logQuery: true } },
    says: [
      "limits.headerKb: 4 is not a whole number of kilobytes from 8 to 256",
      'limits.bodyMb: "100m" is a text, expected a number',
      "limits.answerSeconds: 0.5 is a number, expected a whole number",
      'limits.logQuery: unknown key "logQuery" (did you mean "logQueries"?)',
    ],
  },
  {
    breaks: "a host of checks that is none, and an unknown way to refuse names",
    changes: { "services.dash.check": { path: "/", host: "https://dash" }, "webservers.unknownNames": "drop" },
    says: [
      'webservers.unknownNames: "drop" is not one of the values it can have (known: refuse, close)',
      'services.dash.check.host: "https://dash" is not a host name: write it without scheme and path',
    ],
  },
]);

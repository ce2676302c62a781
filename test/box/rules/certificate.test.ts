import { describeViolations } from "../violations.ts";

describeViolations("certificate", [
  {
    breaks: "a file that cannot be read",
    changes: { "webservers.tls": { certificate: "tls/box.pem" } },
    says: ['webservers.tls.certificate: "tls/box.pem" cannot be read: its path is relative to the project'],
  },
  {
    breaks: "a file without a certificate",
    changes: { "webservers.tls": { certificate: "tls/box.pem" } },
    files: { "tls/box.pem": "hello" },
    says: ['webservers.tls.certificate: "tls/box.pem" holds no certificate in PEM (-----BEGIN CERTIFICATE-----)'],
  },
  {
    breaks: "a broken certificate",
    changes: { "webservers.tls": { certificate: "tls/box.pem" } },
    files: { "tls/box.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    says: ['webservers.tls.certificate: "tls/box.pem": certificate 1 of 1 cannot be read'],
  },
  {
    breaks: "a private key beside it",
    changes: { "webservers.tls": { certificate: "tls/box.pem" } },
    files: { "tls/box.pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
    says: [
      'webservers.tls.certificate: "tls/box.pem" holds a private key: take it out, and set it with "pulumi config set --secret tlsPrivateKey"',
    ],
  },
]);

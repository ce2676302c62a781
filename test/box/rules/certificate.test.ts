import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readBox, writtenBox } from "../../../box/index.ts";
import { issuedNames } from "../../../render/webserver/index.ts";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const certificate = readFileSync(new URL("../../components/certificate.pem", import.meta.url), "utf8");

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
  {
    breaks: "a certificate beside one that the box issues",
    changes: { "webservers.tls": { certificate: "tls/box.pem", issuedByBox: true } },
    files: { "tls/box.pem": certificate },
    says: ["webservers.tls.issuedByBox: is true, and webservers.tls.certificate is given: write one of them"],
  },
  {
    breaks: "a certificate that is issued to nobody",
    changes: {
      "webservers.tls": { issuedByBox: true },
      "webservers.serverNames": [],
      "webservers.serveAddresses": false,
    },
    says: [
      "webservers.tls.issuedByBox: has nothing to make a certificate out to: write serverNames, or serveAddresses: true",
    ],
  },
  {
    breaks: "an issued certificate in the words of another key",
    changes: { "webservers.tls": { issuedByBox: "yes", issued: true } },
    says: [
      'webservers.tls.issuedByBox: "yes" is a text, expected true or false',
      'webservers.tls.issued: unknown key "issued" (known: certificate, issuedByBox)',
    ],
  },
]);

describe("a certificate that the box issues", () => {
  const issued = { "webservers.tls": { issuedByBox: true } };

  it("is for all names, and for the addresses where requests by address are served", () => {
    const names = ["protobox.test", "registry.protobox"];
    assert.deepEqual(issuedNames(parseProtobox({ ...issued, "webservers.serverNames": names, "webservers.serveAddresses": false })), names); // prettier-ignore
    const addresses = ["192.168.0.30", "192.168.0.32", "192.168.0.33", "192.168.0.34"];
    assert.deepEqual(issuedNames(parseProtobox({ ...issued, "webservers.serverNames": names })), [...names, ...addresses]); // prettier-ignore
    assert.deepEqual(issuedNames(parseProtobox({ ...issued, "webservers.serverNames": [] })), addresses);
  });

  it("stands in the box, and only where it is one", () => {
    assert.equal(parseProtobox(issued).webservers?.issuedByBox, true);
    assert.ok(!("issuedByBox" in (parseProtobox({ "webservers.tls": {} }).webservers ?? {})));
    assert.equal(readBox(writtenBox(parseProtobox(issued))).webservers?.issuedByBox, true);
  });
});

/** A CA for tests, and certificates of it, made with openssl(1). */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "../checkers.ts";

const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function openssl(directory: string, args: readonly string[]): void {
  const { ok, words } = check("openssl", args, directory);
  if (!ok) throw new Error(words);
}

/** Makes NAME.pem and NAME.key of a CA in `directory`. */
export function makeCa(directory: string, name = "ca"): void {
  const extensions = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  openssl(directory, ["req", "-x509", ...key, "-keyout", `${name}.key`, "-out", `${name}.pem`, "-subj", `/CN=${name}`, "-days", "2", ...extensions]); // prettier-ignore
}

/** Makes NAME.pem and NAME.key for a server that is reached at `names` (as in `DNS:a`, `IP:1.2.3.4`). */
export function makeCertificate(directory: string, name: string, names: readonly string[], ca = "ca"): void {
  const extensions = join(directory, `${name}.ext`);
  writeFileSync(
    extensions,
    `basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=${names.join(",")}\n`,
  );
  openssl(directory, ["req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=kube-apiserver`]);
  openssl(directory, ["x509", "-req", "-in", `${name}.csr`, "-CA", `${ca}.pem`, "-CAkey", `${ca}.key`, "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", `${name}.pem`]); // prettier-ignore
}

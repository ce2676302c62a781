import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { InventoryError } from "../../../cli/import/documents.ts";
import { importStack } from "../../../cli/import.ts";
import { importInventory } from "../../../cli/import/importInventory.ts";
import { importChanged, toldOf } from "./importing.ts";

describe("files that are no inventory", () => {
  it("are all named in one error", () => {
    const files = [
      { path: "hosts.yml", text: "all:\n  hosts: [\n" },
      { path: "hosts.ini", text: "[kube_gateway_pool]\ngateway-1\n" },
      { path: "sound.yml", text: "all:\n" },
    ];
    assert.throws(
      () => importInventory(files),
      (error: Error) => {
        assert.ok(error instanceof InventoryError);
        assert.match(error.message, /^hosts\.yml: .* at line 3, column 1:?\nhosts\.ini: .*$/);
        return true;
      },
    );
  });

  it("are refused, with how to become one", () => {
    const conversion = /`ansible-inventory -i old\/hosts --list --yaml --export > hosts\.yml` writes it as YAML$/;
    for (const text of ["gateway-1\ngateway-2\n", "[kube_gateway_pool]\ngateway-1 ansible_host=192.168.1.11\n"]) {
      assert.throws(() => importInventory([{ path: "old/hosts", text }]), conversion);
    }
  });

  it("say where an alias has no anchor, and which file has too much of them", () => {
    const tens = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(of).join(", ")}]\n`;
    const files = [
      { path: "hosts.yml", text: "all: { vars: { a: *nope, b: [1, { c: *gone }], <<: *not } }\n" },
      { path: "many.yml", text: tens("a", "1") + tens("b", "*a") + tens("c", "*b") + tens("d", "*c") },
      { path: "endless.yml", text: "all: &all { children: { more: *all } }\n" },
    ];
    assert.throws(
      () => importInventory(files),
      (error: Error) => {
        assert.ok(error instanceof InventoryError);
        const absent = (path: string, name: string) => `${path}: "*${name}" has no anchor "&${name}" before it`;
        const [unresolved, ...others] = error.message.split("\n");
        assert.equal(
          unresolved,
          `hosts.yml: ${[absent("all.vars.a", "nope"), absent("all.vars.b[1].c", "gone"), absent("all.vars.<<", "not")].join("; ")}`,
        );
        assert.deepEqual(
          others.map((line) => line.split(" has aliases that ")[0]),
          ["many.yml:", "endless.yml:"],
        );
        return true;
      },
    );
  });

  it("are not quoted, for that may be a secret", () => {
    const text = "password: |hunter2\n";
    assert.throws(
      () => importInventory([{ path: "hosts.yml", text }]),
      new InventoryError("hosts.yml: is no YAML: Block scalar header includes extra characters at line 1, column 12"),
    );
  });

  it("are left behind where they are encrypted, and the others imported", () => {
    const text = "$ANSIBLE_VAULT;1.1;AES256\n36613039\n";
    assert.deepEqual(toldOf({ more: [{ path: "group_vars/all/vault.yml", text }] }), [
      "left group_vars/all/vault.yml: is encrypted by ansible-vault and not read; secrets are set by `pulumi config set --secret`",
    ]);
  });

  it("are left behind where they were only found, and the others imported", () => {
    const more = [
      { path: "inventory/NOTES", text: "to do\n", isOptional: true },
      { path: "inventory/hosts", text: "[old_pool]\nold-1\n", isOptional: true },
    ];
    assert.deepEqual(
      toldOf({ more }).map((line) => line.split(/,|;/)[0]),
      ["left inventory/NOTES: is not read: is no YAML mapping", "left inventory/hosts: is not read: is an INI file"],
    );
  });

  it("have at least one host among them", () => {
    const skipped = [{ path: "old/hosts.bak", why: "is not read" }];
    const rule = "an inventory in YAML has its hosts under all.hosts, or under the hosts of a group";
    const noHost = () => importInventory([{ path: "group_vars/all.yml", text: "app: {}\n" }], skipped);
    assert.throws(noHost, new InventoryError(`group_vars/all.yml: no host; ${rule}\nold/hosts.bak: is not read`));
    assert.throws(() => importInventory([]), new InventoryError(`there is no file to import; ${rule}`));
  });
});

describe("gatebox import", () => {
  const inventory = path.join(import.meta.dirname, "inventory");
  let scratch: string;
  const run = (name: string, ...files: string[]) => importStack(name, files, scratch);

  before(() => (scratch = mkdtempSync(path.join(tmpdir(), "gatebox-import-"))));
  after(() => rmSync(scratch, { recursive: true }));

  it("writes the stack file where the person is, and tells what is to be done", () => {
    const { status, output = "", message = "" } = run("old", inventory);
    assert.deepEqual([status, output], [0, ""]);
    assert.match(
      message,
      /^To fill in or to look at .*:\n {2}networks\.public-network: .*Left behind:\n.*Pulumi\.old\.yaml is written\. Next: .*TO-FILL-IN.*`pulumi stack init old`.*\n$/s,
    );
    const config = (text: string) => text.slice(text.indexOf("config:"));
    // A directory gives its files in another order, which the sections do not show.
    assert.equal(config(readFileSync(path.join(scratch, "Pulumi.old.yaml"), "utf8")), config(importChanged().text));
  });

  it("does not overwrite a stack file", () => {
    writeFileSync(path.join(scratch, "Pulumi.mine.yaml"), "config: {}\n");
    const { status, message = "" } = run("mine", inventory);
    assert.equal(status, 1);
    assert.match(message, /EEXIST.*Pulumi\.mine\.yaml.*\nNothing is written: .* another --name\.\n$/);
    assert.equal(readFileSync(path.join(scratch, "Pulumi.mine.yaml"), "utf8"), "config: {}\n");
  });

  it("says what cannot be read", () => {
    const { status, message = "" } = run("new", "nowhere.yml");
    assert.equal(status, 1);
    assert.match(message, /ENOENT.*nowhere\.yml/);
  });

  it("reads a directory's files in JSON and without an ending, and names those that it does not read", () => {
    const directory = path.join(scratch, "inventory");
    const node = { networks_interfaces: { "box-network": { ip: "192.168.1.51/24" } } };
    const files = {
      "group_vars/all": "app: { wiki: { port: 30170, namespace: wiki } }\n",
      "group_vars/nodes_pool.json": JSON.stringify({ ansible_user: "ops" }, undefined, "\t"),
      "group_vars/all.yml~": "app: { wiki: { port: 30171 } }\n",
      hosts: "all: { children: { nodes_pool: { hosts: { node-1: } } } }\n",
      "host_vars/node-1/network.yaml": JSON.stringify(node),
      ".git/config": "[core]\n",
      "old.ini": "[nodes_pool]\nnode-1\n",
      "README.md": "# Nodes\n",
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
      writeFileSync(path.join(directory, file), text);
    }
    // Ansible's own files link to each other like this; the second leads back.
    symlinkSync("nodes_pool.json", path.join(directory, "group_vars/linked.json"));
    symlinkSync("..", path.join(directory, "group_vars/back"));
    const { status, message = "" } = run("directory", "inventory");
    assert.equal(status, 0, message);
    const { config } = parse(readFileSync(path.join(scratch, "Pulumi.directory.yaml"), "utf8"));
    assert.deepEqual(config["gatebox:apps"], { wiki: { port: 30170, namespace: "wiki" } });
    assert.deepEqual(config["gatebox:hosts"], { "node-1": { addresses: { "box-network": "192.168.1.51" } } });
    assert.equal(config["gatebox:connection"].user, "ops");
    const left = message.match(/^ {2}inventory\/.*: is not read: /gm) ?? [];
    assert.deepEqual(
      left.map((line) => line.trim().split(": ")[0]),
      [".git", "README.md", "group_vars/all.yml~", "old.ini"].map((file) => `inventory/${file}`),
    );
    assert.match(message, /group_vars\/linked\.json: unknown group "linked"/);
  });

  it("quotes nothing of a key that is a mapping", () => {
    writeFileSync(path.join(scratch, "key.yml"), "all: { vars: { db: {{ hunter2 }} } }\n");
    assert.doesNotMatch(run("key", "key.yml").message ?? "", /hunter2/);
  });

  it("writes nothing where there is nothing to import", () => {
    mkdirSync(path.join(scratch, "empty"));
    const { status, message = "" } = run("empty", "empty");
    assert.equal(status, 1);
    assert.match(message, /^there is no file to import; .*\nNothing is written\.\n$/);
    assert.ok(!existsSync(path.join(scratch, "Pulumi.empty.yaml")));
  });
});

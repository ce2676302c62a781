import assert from "node:assert/strict";
import { daemonUnit } from "../../lab/cluster/unitFile.ts";
import { imageArchive } from "../../lab/pods/image.ts";
import { tar } from "../../lab/tar.ts";

describe("tar", () => {
  it("refuses a path that the format cannot hold", () => {
    assert.throws(() => tar([{ path: "d/".repeat(50) + "f", content: "" }]), /at most 100 bytes/);
    assert.doesNotThrow(() => tar([{ path: "d/".repeat(49) + "ff", content: "" }]));
  });
});

describe("the image of the pods", () => {
  const program = Buffer.from("not really a program");
  const names = { web: "pods.gatebox.test/web:1", pause: "pods.gatebox.test/pause:1" };

  it("is the same on every run", () => {
    assert.deepEqual(imageArchive(program, names), imageArchive(program, names));
  });
});

describe("a unit file of the cluster", () => {
  it("refuses an argument that systemd would take apart", () => {
    const daemon = { unit: "x.service", description: "x", command: ["/usr/bin/x", "--name=a b"] };
    assert.throws(() => daemonUnit(daemon), /unit x\.service: the argument "--name=a b" contains blanks/);
  });
});

import * as pulumi from "@pulumi/pulumi";
import { readBox } from "../../../../components/index.ts";
import { HostPackages, type HostPackagesArgs } from "../../../../host/HostPackages.ts";
import { HostUnit, type HostUnitArgs } from "../../../../host/HostUnit.ts";

/**
 * One thing on one host of a box that another stack has made: packages or a unit, as the configuration says. So tests
 * reach what a box's own stack never does, because its model refuses it or its renderer writes it well.
 */
const config = new pulumi.Config("one-host");
const { value } = await new pulumi.StackReference(config.require("box")).getOutputDetails("box");
const box = readBox(value);

const name = config.require("host");
const host = box.hosts[name];
if (host === undefined) throw new pulumi.RunError(`one-host:host: the box has no host "${name}"`);

const packages = config.getObject<Omit<HostPackagesArgs, "host">>("packages");
if (packages !== undefined) new HostPackages("wanted", { host, ...packages });

const unit = config.getObject<Omit<HostUnitArgs, "host">>("unit");
if (unit !== undefined) new HostUnit("wanted", { host, ...unit });

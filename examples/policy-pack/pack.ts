import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import { portsOfTheSite, rules, type Rule } from "./rules.ts";

/** What a site may set for a rule, in a file that `--policy-pack-config` names. */
const settings: Readonly<Record<string, ResourceValidationPolicy["configSchema"]>> = {
  [portsOfTheSite.name]: {
    properties: { first: { type: "integer", default: 30000 }, last: { type: "integer", default: 32767 } },
  },
};

function policy(rule: Rule): ResourceValidationPolicy {
  const { name, description, isMandatory, broken } = rule;
  const configSchema = settings[name];
  return {
    name,
    description,
    enforcementLevel: isMandatory ? "mandatory" : "advisory",
    ...(configSchema === undefined ? {} : { configSchema }),
    validateResource({ type, props, opts, getConfig, ...resource }, report) {
      const told = broken(
        { type, name: resource.name, props, parent: opts.parent, isProtected: opts.protect },
        getConfig<Record<string, unknown>>(),
      );
      if (told !== undefined) report(`${resource.name}: ${told}`);
    },
  };
}

new PolicyPack("gatebox", { policies: rules.map(policy) });

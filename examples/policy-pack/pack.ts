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
    validateResource(resource, report) {
      const { type, name: whose, props, opts } = resource;
      const told = broken(
        { type, name: whose, props, parent: opts.parent, isProtected: opts.protect },
        resource.getConfig<Record<string, unknown>>(),
      );
      if (told !== undefined) report(`${whose}: ${told}`);
    },
  };
}

new PolicyPack("gatebox", { policies: rules.map(policy) });

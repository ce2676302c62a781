import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { named } from "../../schema/references.ts";
import { name } from "../../schema/scalars.ts";

// URLs may hold a password by mistake: they are judged by a rule, whose messages do not quote it.

const suite = z
  .string()
  .regex(
    /^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9._~+-]+(?:\/[A-Za-z0-9._~+-]+)*\/?$/,
    "is not a suite such as `bookworm`, nor a directory such as `./` with a slash at its end",
  );

const component = z.string().regex(/^[A-Za-z0-9._~+-]+(?:\/[A-Za-z0-9._~+-]+)*$/, "is not a component such as `main`");

const aptRepository = closed({
  url: z
    .string()
    .describe(
      "Where it is, of http or https: the vendor's, or a mirror of the site's own, for example `https://apt.example.org/debian`.",
    ),
  suite: suite.describe(
    "Its suite, often the code name of the distribution, for example `bookworm`; a directory with a slash at its end for a " +
      "repository without components.",
  ),
  components: z
    .array(component)
    .default([])
    .describe("Its components, for example `[main]`. None where the suite ends with a slash."),
  key: z
    .string()
    .describe(
      "OpenPGP public key that its lists are signed with, in ASCII armor: path of a file, relative to the project, or the text. " +
        "Hosts take packages of this repository by this key and by no other.",
    ),
});

/** Section `aptRepositories`: where packages come from that the distribution does not have. */
export const schema = named(name, aptRepository)
  .default({})
  .describe(
    "Repositories of Debian packages by name, beside those that the hosts know of themselves. Programs that the distribution " +
      "does not have name one; only hosts that run such a program get it.",
  );

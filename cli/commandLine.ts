import yargs, { type CommandModule } from "yargs";
import { version } from "../box/version.ts";
import { finish, Status, statusText, UsageError } from "./ended.ts";

/** A command, whatever its options are. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- yargs hands each handler the options of its own builder
type Command = CommandModule<object, any>;

/**
 * Reads a command line and runs what it asks for. A line that is not understood is explained by the help of its command.
 *
 * @param args the command line, without the program
 */
export async function commandLine(args: readonly string[], commands: readonly Command[]): Promise<void> {
  const parser = yargs()
    .scriptName("gatebox")
    .usage("$0 COMMAND\n\nWhat a stack of Gatebox needs beside Pulumi, without its engine.")
    .command(commands.map(withStatusText))
    .completion("completion", "Print the completion script for bash or zsh: append it to ~/.bashrc or ~/.zshrc")
    .demandCommand(1, "Name a command.")
    .recommendCommands()
    .strict()
    .version(version)
    .help()
    .alias("help", "h")
    .locale("en")
    .wrap(Math.min(120, process.stdout.columns || 100))
    .epilogue(statusText)
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof Error ? error : new UsageError(message);
    });
  try {
    await parser.parseAsync([...args]);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const help = await parser.getHelp();
    finish({ status: Status.WrongUsage, message: `${help}\n\n${error.message}\n` });
  }
}

/** The help of each command ends with the exit statuses, as that of all of them does. */
function withStatusText(command: Command): Command {
  const { builder } = command;
  if (typeof builder !== "function") return command;
  return { ...command, builder: async (own) => (await builder(own)).epilogue(`\n${statusText}`) };
}

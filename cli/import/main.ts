import { importCommand } from "./command.ts";

// npm runs a script at the root of the project; paths are meant from where the person is.
const { status, message } = importCommand(process.argv.slice(2), process.env["INIT_CWD"] ?? process.cwd());
process.stderr.write(message);
process.exitCode = status;

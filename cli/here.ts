/**
 * Where the person is, and so where relative paths begin. npm runs a script of this project in the project's own folder, and
 * says where it was called.
 */
export function here(): string {
  const { npm_command: command, npm_package_name: project, INIT_CWD: called } = process.env;
  return (command === "run-script" && project === "gatebox" ? called : undefined) ?? process.cwd();
}

export { connection as schema } from "../../schema/connection.ts";

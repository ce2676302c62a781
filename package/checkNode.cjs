"use strict";
// Ends with one plain sentence where Node is too old, before anything is loaded that it could not read. So this file is
// written in what every Node understands.
var wanted = require("../package.json").engines.node.replace(">=", "");
var least = wanted.split(".").map(Number);
var found = process.versions.node.split(".").map(Number);

if (found[0] < least[0] || (found[0] === least[0] && found[1] < least[1])) {
  var error = new Error("Gatebox needs Node " + wanted + " or later, and this is Node " + process.versions.node + ".");
  // Where it was noticed helps nobody. Pulumi shows the message alone of an error that is marked like this.
  error.stack = error.message;
  Object.defineProperty(error, "__pulumiRunError", { value: true });
  throw error;
}

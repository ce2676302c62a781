"use strict";
// The package as `require` finds it: the same modules as for `import`.
require("./checkNode.cjs");
module.exports = require("./components/index.js");

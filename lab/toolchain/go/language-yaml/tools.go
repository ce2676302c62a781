//go:build tools

// Package tools keeps the programs that this module builds among its requirements.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"

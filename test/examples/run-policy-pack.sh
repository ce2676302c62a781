#!/bin/sh
# What the engine starts for a policy pack of a runtime that it does not know, in the folder of the pack.
exec node node_modules/@pulumi/pulumi/cmd/run-policy-pack "$@"

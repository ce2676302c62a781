#!/bin/sh
# A program of another tree that is told of each state of a virtual IP: appends it to /run/reported.
echo "$1" >>/run/reported

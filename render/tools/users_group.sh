# shellcheck shell=sh
# Lets nginx' workers read the users of the box's tools in the staged TREE, and nobody else. Needs `fail`.
let_nginx_read_users() { # TREE
  users=$1/nginx/tools/users
  if ! [ -f "$users" ]; then return; fi
  chgrp www-data "$users" || fail "cannot let nginx read $users"
}

# shellcheck shell=sh
# The processes of nginx, and a name for what they read.

# The process ids of the workers of MASTER that take new connections, one per line.
workers() { # MASTER
  for process in /proc/[0-9]*; do
    { read -r _ _ _ parent _ <"$process/stat"; } 2>/dev/null || continue
    [ "$parent" = "$1" ] || continue
    case $(tr '\0' ' ' 2>/dev/null <"$process/cmdline") in
    *'is shutting down'*) ;;
    'nginx: worker process'*) echo "${process#/proc/}" ;;
    esac
  done
}

master() {
  systemctl show --property MainPID --value nginx.service
}

# A name for the text that nginx reads. The pair that the host made for itself never changes.
nginx_sum() { # TREE
  (cd "$1/nginx" && find . -type f | sort | xargs cat | sha256sum)
}

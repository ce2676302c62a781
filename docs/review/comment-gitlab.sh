#!/bin/sh
# Writes a review as a note on a merge request of GitLab, in the place of the one that it has written before.
#
#   comment-gitlab.sh FILE
#
# Needs curl and jq, REVIEW_TOKEN (a project access token with the scope `api`), and what a pipeline of a merge request has:
# CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID.
set -eu
file=${1:?name the Markdown}
notes=${CI_API_V4_URL:?}/projects/${CI_PROJECT_ID:?}/merge_requests/${CI_MERGE_REQUEST_IID:?}/notes
mark=$(head -n 1 "$file")
case $mark in '<!-- gatebox review '*) ;; *) echo "$file is no review" >&2 && exit 1 ;; esac

# The token goes by standard input: a command line is for everybody to see.
ask() { # ARGUMENT…
  printf 'header = "PRIVATE-TOKEN: %s"\n' "${REVIEW_TOKEN:?}" |
    curl --config - --silent --show-error --fail --max-time 60 "$@"
}

former=$(ask "$notes?per_page=100&sort=desc" | jq -r --arg mark "$mark" 'map(select(.body | startswith($mark))) | .[0].id // empty')
if [ -n "$former" ]; then
  ask --request PUT --data-urlencode "body@$file" "$notes/$former" >/dev/null
else
  ask --request POST --data-urlencode "body@$file" "$notes" >/dev/null
fi

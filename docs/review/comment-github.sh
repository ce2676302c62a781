#!/bin/sh
# Writes a review as a comment on a pull request of GitHub, in the place of the one that it has written before.
#
#   comment-github.sh FILE NUMBER
#
# Needs gh, with GH_TOKEN, and GITHUB_REPOSITORY (OWNER/NAME), as a workflow has them.
set -eu
file=${1:?name the Markdown}
number=${2:?name the number of the pull request}
repository=${GITHUB_REPOSITORY:?OWNER/NAME}
mark=$(head -n 1 "$file")
case $mark in '<!-- gatebox review '*) ;; *) echo "$file is no review" >&2 && exit 1 ;; esac

former=$(timeout 60 gh api --paginate "repos/$repository/issues/$number/comments" \
  --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$former" ]; then
  timeout 60 gh api --method PATCH "repos/$repository/issues/comments/$former" --field "body=@$file" >/dev/null
else
  timeout 60 gh api --method POST "repos/$repository/issues/$number/comments" --field "body=@$file" >/dev/null
fi

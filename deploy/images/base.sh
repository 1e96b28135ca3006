#!/bin/sh
# Makes the base image `hiddenhill-base` from Debian's packages, for machines without a container registry. Needs root.
# Usage: deploy/images/base.sh [NAME]
set -eu
name="${1:-hiddenhill-base}"
if buildah inspect --type image "$name" >/dev/null 2>&1; then exit 0; fi
root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include=ca-certificates,python3-minimal,python3-venv,libpython3-stdlib bookworm "$root" >/dev/null
ln -s python3 "$root/usr/bin/python"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/* \
  "$root"/usr/share/locale/* "$root"/var/log/*
container="$(buildah from scratch)"
buildah copy --quiet "$container" "$root" / >/dev/null
buildah config --env PATH=/usr/local/bin:/usr/bin:/bin --env LANG=C.UTF-8 "$container"
buildah commit --quiet "$container" "$name" >/dev/null
buildah rm "$container" >/dev/null

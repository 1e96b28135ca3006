#!/bin/sh
# Builds the image of every service and prints their sizes. Needs buildah, and root where there is no registry.
# BASE names the base image; without it one is made of Debian's packages. Usage: scripts/images.sh [SERVICE...]
set -eu
cd "$(dirname "$0")/.."
base="${BASE:-}"
if [ -z "$base" ]; then
  base=localhost/hiddenhill-base
  deploy/images/base.sh "$base"
fi
certificates=/etc/ssl/certs/ca-certificates.crt
services="${*:-$(cd services && ls -d */ | tr -d /)}"
for service in $services; do
  buildah bud --quiet --layers --isolation chroot --volume "$certificates:$certificates:ro" \
    --build-arg BASE="$base" --build-arg SERVICE="$service" \
    --tag "hiddenhill-$service" --file deploy/images/Dockerfile . >/dev/null
done
for service in $services; do
  buildah images --format "{{.Name}} {{.Size}}" "localhost/hiddenhill-$service"
done

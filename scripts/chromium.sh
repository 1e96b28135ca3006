#!/bin/sh
# Makes sure that there is a Chromium on the PATH for the browser's tests: Debian's, where we may install it.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if ! command -v apt-get >/dev/null 2>&1; then
  echo "The browser's tests need Chromium: put one on the PATH as chromium, then run make test-browser again." >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
    echo "The browser's tests need Chromium: have root run \`apt-get install --no-install-recommends chromium\`," >&2
    echo "then run make test-browser again." >&2
    exit 1
  fi
  as_root="sudo -n"
fi
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null

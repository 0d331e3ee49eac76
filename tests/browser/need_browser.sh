#!/usr/bin/env bash
# Makes sure that Debian's Chromium and a Korean font are there; installs them when it may, says so when it may not.
set -u
if command -v chromium >/dev/null 2>&1 && fc-list :lang=ko 2>/dev/null | grep -q .; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing chromium and fonts-noto-cjk from Debian's packages ..."
  log=$(mktemp)
  if apt-get update -qq >"$log" 2>&1 \
     && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >>"$log" 2>&1; then
    exit 0
  fi
  tail -n 3 "$log"
fi
echo "No browser: the browser tests will be skipped. To run them: apt-get install chromium fontconfig fonts-noto-cjk"
exit 0

#!/bin/sh
# Browser tests need a Chromium. Find one, else install it, else say that those tests will be skipped.
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then echo "Browser tests: $(command -v $name)"; exit 0; fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Browser tests: installing Chromium…"
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1
  if command -v chromium >/dev/null 2>&1; then echo "Browser tests: $(command -v chromium)"; exit 0; fi
fi
if [ -x .venv/bin/playwright ] && .venv/bin/playwright install chromium >/dev/null 2>&1; then
  echo "Browser tests: Playwright's own Chromium"; exit 0
fi
echo "Browser tests: no Chromium found and none could be installed; they will be skipped. Debian: apt-get install chromium"
exit 0

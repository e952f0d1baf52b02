#!/usr/bin/env bash
# Installs what is missing of what it is asked for, where it may: tests/need.sh rust postgresql chromium node
# As root, or where sudo asks for no password, by apt. Else it prints the one command, and fails.
set -euo pipefail

declare -A packages=(
    [postgresql]="postgresql postgresql-client"
    [chromium]="chromium fonts-dejavu-core fonts-noto-cjk"
    [node]="nodejs npm"
    [python]="python3"
)

# A tool that works is what counts, not how it came here.
there() {
    case $1 in
        postgresql) postgres_binaries >/dev/null && command -v psql >/dev/null ;;
        chromium) command -v chromium >/dev/null && fc-list ':lang=zh' 2>/dev/null | grep -q . ;;
        node) command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ;;
        python) command -v python3 >/dev/null ;;
        rust) command -v cargo >/dev/null ;;
        *) echo "need.sh knows nothing of $1" >&2; exit 2 ;;
    esac
}

postgres_binaries() {
    command -v initdb 2>/dev/null && return
    local found
    for found in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb; do
        [ -x "$found" ] && { echo "$found"; return; }
    done
    return 1
}

missing=()
for tool in "$@"; do there "$tool" || missing+=("$tool"); done
[ ${#missing[@]} -gt 0 ] || exit 0

wanted=()
for tool in "${missing[@]}"; do
    if [ "$tool" = rust ]; then
        echo "There is no cargo here: install Rust (the version is in Cargo.toml), then try again." >&2
        exit 1
    fi
    read -ra names <<< "${packages[$tool]}"
    wanted+=("${names[@]}")
done

if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. There is no apt here; install what these packages hold: ${wanted[*]}" >&2
    exit 1
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
        # Debian would start a cluster of its own at once; Cadastre runs one of its own, or none.
        setting="mkdir -p /etc/postgresql-common && echo create_main_cluster = false >> /etc/postgresql-common/createcluster.conf && "
        case " ${missing[*]} " in *" postgresql "*) ;; *) setting= ;; esac
        echo "Missing: ${missing[*]}. Run this once, then try again:" >&2
        echo "  sudo sh -c '${setting}apt-get update && apt-get install -y --no-install-recommends ${wanted[*]}'" >&2
        exit 1
    fi
fi

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

echo "Installing ${wanted[*]}"
"${as_root[@]}" apt-get update -q
case " ${missing[*]} " in
    *" postgresql "*)
        # First the package that makes clusters, then its setting, then the server that would have one made.
        install postgresql-common
        "${as_root[@]}" sh -c '
            file=/etc/postgresql-common/createcluster.conf
            mkdir -p /etc/postgresql-common && touch $file
            sed -i "/^[# ]*create_main_cluster/d" $file && echo "create_main_cluster = false" >> $file'
        ;;
esac
install "${wanted[@]}"
for tool in "${missing[@]}"; do
    there "$tool" || { echo "$tool is still missing after the installation" >&2; exit 1; }
done

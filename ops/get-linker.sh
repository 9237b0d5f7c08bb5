#!/usr/bin/env bash
# Makes sure that a C linker for the native build is installed, and prints the compiler to use. All other output goes to stderr.
#
#   ops/get-linker.sh [--help]
#
# The first of these that works:
#   1. clang or gcc on PATH that links a program, with objcopy: nothing is done
#   2. Debian's packages gcc and libc6-dev, which also bring binutils. This needs root
# Exit codes: 0 installed; 1 not installed, with the reason.
set -euo pipefail

readonly packages=(gcc libc6-dev)

say() { echo "get-linker: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Links what the native build links: a program with threads, with the linker and libraries that .NET uses.
links() {
    local compiler=$1 folder status=0
    command -v "$compiler" >/dev/null && command -v objcopy >/dev/null || return 1
    folder=$(mktemp -d)
    echo 'int main(void) { return 0; }' |
        "$compiler" -fuse-ld=bfd -pthread -x c - -o "$folder/program" -ldl -lrt -lm >/dev/null 2>&1 || status=1
    rm -rf "$folder"
    return $status
}

# clang first, as .NET does.
found() {
    local compiler
    for compiler in clang gcc; do
        if links "$compiler"; then
            echo "$compiler"
            return 0
        fi
    done
    return 1
}

case ${1-} in
-h | --help)
    sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 0
    ;;
'') ;;
*) fail "unknown argument $1 (see --help)" ;;
esac

found && exit 0
command -v apt-get >/dev/null || fail "no C linker found, and this is not Debian: install gcc (or clang), binutils and the headers of the C library"
[ "$(id -u)" = 0 ] || fail "no C linker found: run 'sudo apt-get install ${packages[*]}', then try again"

say "installing ${packages[*]} from Debian"
install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 "${packages[@]}" >&2
}
# The lists of a fresh machine are empty or old.
install 2>/dev/null || { apt-get update -qq >&2 && install; } || fail "apt could not install ${packages[*]}; see the errors above"
found || fail "${packages[*]} are installed, but linking a program still fails: check the clang or gcc on PATH ($PATH)"

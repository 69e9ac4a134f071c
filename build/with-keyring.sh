#!/bin/sh
# Runs a command with a keychain of its own: a private session bus and an unlocked, empty gnome-keyring, both gone when the
# command ends. For trying Flowscope where no desktop runs: build/with-keyring.sh npm start
# Needs the packages dbus, gnome-keyring and libsecret-1-0. Answers the command's own exit code.
set -eu
[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT]..." >&2; exit 2; }

folder=$(mktemp -d)
bus=
keyring=
end() {
  [ -z "$keyring" ] || kill "$keyring" 2>/dev/null || true
  [ -z "$bus" ] || kill "$bus" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -m 700 "$folder/data" "$folder/run" "$folder/cache"
export XDG_DATA_HOME="$folder/data" XDG_RUNTIME_DIR="$folder/run" XDG_CACHE_HOME="$folder/cache"
export DBUS_SESSION_BUS_ADDRESS="unix:path=$folder/run/bus"

# Waits up to ten seconds for what the arguments test.
await() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "with-keyring: not ready in time: $*" >&2; exit 1; }
    sleep 0.05
  done
}
is_owned() {
  dbus-send --session --dest=org.freedesktop.DBus --print-reply=literal / \
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q true
}

dbus-daemon --session --nofork --nopidfile --address="$DBUS_SESSION_BUS_ADDRESS" 2>"$folder/bus.log" &
bus=$!
await test -S "$folder/run/bus"
# In the foreground, or a daemon would outlive the command.
printf 'throw-away' | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
keyring=$!
await is_owned

code=0
"$@" || code=$?
exit "$code"

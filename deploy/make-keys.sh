#!/usr/bin/env bash
# Makes what is secret, once: what is there stays, also when an earlier start ended in the middle. Each file belongs to the one
# account that reads it: `postgres` of the database's image, `node` (1000) of ours.
set -euo pipefail
umask 077
keys=${1:-/run/keys}
readonly keys database=${DATABASE_OWNER:-postgres} product=${PRODUCT_OWNER:-1000}

# random LENGTH: letters and digits, which need no quoting in an address.
random() {
  head -c 4096 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | cut -c "1-$1"
}

# keep NAME OWNER VALUE: written under another name and renamed, so that a file is there whole or not at all.
keep() {
  [ -e "$keys/$1" ] && return
  printf '%s' "$3" > "$keys/.$1"
  chown "$2" "$keys/.$1"
  mv "$keys/.$1" "$keys/$1"
}

chmod 0755 "$keys"
keep database-password "$database" "$(random 40)"
keep database-url "$product" "postgres://cloudflow:$(cat "$keys/database-password")@database:5432/cloudflow"
keep master-key "$product" "$(head -c 32 /dev/urandom | base64)"
keep api-key "$product" "cfk_live_$(random 32)"

/** What is read of files: more than any of them has in earnest. */
const FILE_BYTES = 64 * 1024
const FILES_MAX = 64
const IP_BYTES = 2 * 1024 * 1024

/** Prints each file of `$@` that is there as `file=<path> <content>`, both in base64. */
const PRINT_FILES = [
  'n=0',
  `files() { for f in "$@"; do if [ $n -lt ${FILES_MAX} ] && $s test -f "$f"; then n=$((n + 1)); echo "file=$(printf %s "$f" | base64 -w0) $($s head -c ${FILE_BYTES} "$f" | base64 -w0)"; fi; done; }`,
]

/** netplan is written in Python and reads YAML by PyYAML, so both are there where it is. */
const NETPLAN_TO_JSON =
  'import sys,json,yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding="utf-8")), default=str))'

/**
 * A POSIX shell script that prints what a host's network is and who keeps it, as lines of `key=value`. It only reads: as the user who signed in,
 * or by a sudo that asks for no password where a file is root's alone. What is text of the host is JSON on one line, or base64.
 */
export const stateScript = [
  'LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/sbin"',
  's=; if [ "$(id -u)" = 0 ]; then echo root=yes; elif sudo -n true 2>/dev/null; then s="sudo -n"; echo root=yes; fi',
  'has() { command -v "$1" >/dev/null 2>&1; }',
  // ssh(1): addresses and ports of the client and of the server.
  'set -- $SSH_CONNECTION; echo "ssh=$3"',
  'if [ -d /run/systemd/system ]; then echo systemd=yes; fi',
  'if has resolvconf; then echo resolvconf=yes; fi',
  'if [ -e /run/systemd/resolve/resolv.conf ]; then echo resolved=yes; fi',
  `echo "links=$(ip -j -d link show | head -c ${IP_BYTES})"`,
  `echo "addresses=$(ip -j address show | head -c ${IP_BYTES})"`,
  `echo "routes=$(ip -j -4 route show | head -c ${IP_BYTES})"`,
  `echo "routes=$(ip -j -6 route show | head -c ${IP_BYTES})"`,
  'one() { head -c 64 "$1" 2>/dev/null | tr -d "\\n"; }',
  `for d in /sys/class/net/*; do i=\${d##*/}; p=; if [ -e "$d/device" ]; then p=$(basename "$(readlink -f "$d/device")"); fi; r=; if [ -e "$d/device/driver" ]; then r=$(basename "$(readlink -f "$d/device/driver")"); fi; echo "nic=$i|$(one "$d/speed")|$(one "$d/duplex")|$r|$p|$(one "$d/device/sriov_totalvfs")|$(one "$d/device/sriov_numvfs")"; done`,
  'r=/etc/resolv.conf; if [ -r /run/systemd/resolve/resolv.conf ]; then r=/run/systemd/resolve/resolv.conf; fi; sed -n "s/^nameserver[ \\t]*/dns=/p" $r 2>/dev/null | head -n 16',
  'if has lldpcli; then echo "lldp=$($s timeout 5 lldpcli -f json0 show neighbors 2>/dev/null | head -c 262144 | base64 -w0)"; fi',
  // Who keeps it.
  ...PRINT_FILES,
  // Who is too busy to answer is there all the same: taken for absent, its NICs would be another one's.
  'ask() { o=$(timeout 20 "$@" 2>/dev/null); r=$?; if [ $r = 124 ]; then echo "silent=$1"; fi; return $r; }',
  'if has nmcli; then ask nmcli -t -f RUNNING general; if [ "$o" = running ]; then echo nm=running; ask nmcli -t -f DEVICE,STATE,CONNECTION device; printf "%s\\n" "$o" | head -n 1000 | sed "s/^/nm.device=/"; files /etc/NetworkManager/system-connections/virtdeck-*; fi; fi',
  `if has networkctl && [ -e /run/systemd/netif/state ]; then echo networkd=running; ask networkctl --no-pager --no-legend list; printf "%s\\n" "$o" | head -n 1000 | sed "s/^ */networkd.link=/"; for l in /run/systemd/netif/links/*; do f=$(sed -n "s/^NETWORK_FILE=//p" "$l" | head -n 1); echo "networkd.file=\${l##*/} $f"; if [ -n "$f" ]; then files "$f"; fi; done; timeout 5 networkctl --no-pager --no-legend lldp 2>/dev/null | head -n 256 | sed "s/^/networkd.lldp=/"; files /etc/systemd/network/*virtdeck*; fi`,
  `if has netplan; then for f in /etc/netplan/*.yaml; do if $s test -f "$f"; then echo "netplan=$(printf %s "$f" | base64 -w0) $($s python3 -c '${NETPLAN_TO_JSON}' "$f" 2>/dev/null | head -c ${FILE_BYTES} | base64 -w0)"; files "$f"; fi; done; fi`,
  'if has ifup && [ -e /etc/network/interfaces ]; then echo ifupdown=yes; files /etc/network/interfaces /etc/network/interfaces.d/*; fi',
  'if has ovs-vsctl; then $s timeout 5 ovs-vsctl list-br 2>/dev/null | head -n 64 | sed "s/^/ovs=/"; fi',
  'for f in /etc/nmstate/*.yml; do if [ -e "$f" ]; then echo nmstate=yes; break; fi; done',
  'exit 0',
].join('; ')

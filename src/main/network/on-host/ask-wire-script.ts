import { shellQuote } from '../../hosts/index.ts'

/** What is asked for on the wire. */
export interface AskedAddress {
  readonly address: string
  readonly nic: string
  readonly vlanId: number | null
}

/** Asks by a frame of its own where no program does (RFC 5227, a probe: from 0.0.0.0); prints the hardware address of who answers. */
const PROBE = `
import socket,struct,sys,time
dev,ip=sys.argv[1:3]
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(0x0806)); s.bind((dev,0)); mac=s.getsockname()[4][:6]
f=b"\\xff"*6+mac+struct.pack("!HHHBBH",0x0806,1,0x0800,6,4,1)+mac+b"\\0"*10+socket.inet_aton(ip)
for n in range(2):
    s.send(f); end=time.time()+1
    while time.time()<end:
        s.settimeout(max(0.01,end-time.time()))
        try: p=s.recv(2048)
        except socket.timeout: break
        if len(p)>=42 and p[20:22]==b"\\0\\2" and p[28:32]==socket.inet_aton(ip) and p[22:28]!=mac:
            print("["+":".join("%02x"%b for b in p[22:28])+"]"); sys.exit(0)
`.trim()

/**
 * The same of an IPv6 address: a solicitation as for finding duplicates (RFC 4862, 5.4.2), from no address, which the one that has it answers to all
 * nodes (RFC 4861, 7.2.4).
 */
const PROBE_IPV6 = `
import socket,struct,sys,time
dev,ip=sys.argv[1:3]
t=socket.inet_pton(socket.AF_INET6,ip); g=b"\\xff\\x02"+b"\\0"*9+b"\\1\\xff"+t[13:]
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(0x86dd)); s.bind((dev,0)); mac=s.getsockname()[4][:6]
def sum16(b):
    n=sum(struct.unpack("!%dH"%(len(b)//2),b))
    while n>>16: n=(n&65535)+(n>>16)
    return 65535-n
i=struct.pack("!BBHI",135,0,0,0)+t; i=i[:2]+struct.pack("!H",sum16(b"\\0"*16+g+struct.pack("!II",24,58)+i))+i[4:]
f=b"\\x33\\x33"+g[12:]+mac+struct.pack("!HIHBB",0x86dd,6<<28,24,58,255)+b"\\0"*16+g+i
# All nodes hear the answer: the card has to listen to them.
s.setsockopt(263,1,struct.pack("iHH8s",socket.if_nametoindex(dev),0,6,b"\\x33\\x33\\0\\0\\0\\1\\0\\0"))
for n in range(2):
    s.send(f); end=time.time()+1
    while time.time()<end:
        s.settimeout(max(0.01,end-time.time()))
        try: p=s.recv(2048)
        except socket.timeout: break
        if len(p)>=78 and p[20]==58 and p[54]==136 and p[62:78]==t and p[6:12]!=mac:
            print("["+":".join("%02x"%b for b in p[6:12])+"]"); sys.exit(0)
`.trim()

/**
 * A script, to be run as root, that asks on the wire whether anybody has these addresses, and prints `taken=<index> <hardware address>` of those that
 * answer. For a VLAN that the host does not have it makes an interface for as long as it asks. What cannot be asked is not said.
 */
export function askWireScript(asked: readonly AskedAddress[]): string {
  return [
    'has() { command -v "$1" >/dev/null 2>&1; }',
    `p=${shellQuote(PROBE)}`,
    `p6=${shellQuote(PROBE_IPV6)}`,
    // The port of a bridge hears no answer: the bridge does.
    'on() { m=$(readlink -f "/sys/class/net/$1/master" 2>/dev/null); if [ -n "$m" ] && [ -e "$m/bridge" ]; then basename "$m"; else echo "$1"; fi; }',
    'ask() { case $2 in *:*) if has python3; then timeout 8 python3 -c "$p6" "$1" "$2"; fi;; *) ask4 "$1" "$2";; esac 2>/dev/null | sed -n "s/.*\\[\\([0-9A-Fa-f:]\\{17\\}\\)\\].*/\\1/p" | head -n 1; }',
    'ask4() { if has arping; then timeout 8 arping -D -c 2 -w 3 -I "$1" "$2"; elif busybox arping --help >/dev/null 2>&1; then timeout 8 busybox arping -D -c 2 -w 3 -I "$1" "$2"; elif has python3; then timeout 8 python3 -c "$p" "$1" "$2"; fi; }',
    ...asked.map(({ address, nic, vlanId }, index) => {
      const quoted = shellQuote(nic)
      const plain = `if [ -e /sys/class/net/${quoted} ]; then ip link set dev ${quoted} up 2>/dev/null; m=$(ask "$(on ${quoted})" ${address}); if [ -n "$m" ]; then echo "taken=${index} $m"; fi; fi`
      if (vlanId === null) return plain
      const probe = `vdask${index}`
      return [
        `if ip link add link ${quoted} name ${probe} type vlan id ${vlanId} 2>/dev/null; then ip link set dev ${probe} up; m=$(ask ${probe} ${address}); ip link delete dev ${probe}`,
        `else v=$(ip -o -d link show type vlan 2>/dev/null | grep "@${nic}: .* id ${vlanId} " | sed "s/^[0-9]*: \\([^@]*\\)@.*/\\1/" | head -n 1); m=; if [ -n "$v" ]; then m=$(ask "$v" ${address}); fi; fi`,
        `if [ -n "$m" ]; then echo "taken=${index} $m"; fi`,
      ].join('; ')
    }),
    'exit 0',
  ].join('\n')
}

/** Which of the asked addresses somebody has: their indexes, with who answered. Pure. */
export function parseTaken(output: string): ReadonlyMap<number, string> {
  const found = [...output.matchAll(/^taken=(\d{1,4}) ([0-9a-f]{2}(?::[0-9a-f]{2}){5})$/gim)]
  return new Map(found.map(([, index, mac = '']) => [Number(index), mac.toLowerCase()]))
}

/** A script that prints the gateways of these that answer: to an echo request, or to ARP alone, as some are told to be quiet. */
export function askGatewaysScript(gateways: readonly string[]): string {
  return [
    ...gateways.map((gateway) => {
      const family = gateway.includes(':') ? '-6' : '-4'
      return `if ping ${family} -c 1 -W 2 ${gateway} >/dev/null 2>&1 || busybox ping -c 1 -W 2 ${gateway} >/dev/null 2>&1 || ip neigh show to ${gateway} 2>/dev/null | grep -v FAILED | grep -q lladdr; then echo "answers=${gateway}"; fi`
    }),
    'exit 0',
  ].join('\n')
}

/** Pure. */
export function parseAnswering(output: string): ReadonlySet<string> {
  return new Set([...output.matchAll(/^answers=(\S{2,45})$/gm)].map(([, gateway = '']) => gateway))
}

import type { BlockStorage, IscsiTarget } from '../../../../shared/domain/index.ts'
import { shellQuote } from '../../../hosts/index.ts'

/*
 * open-iscsi in POSIX shell (iscsiadm(8)). A CHAP password comes on standard input and goes into open-iscsi's own record, which only root reads: never
 * onto a command line, which everybody on the host can list.
 */

/** Exit codes of the scripts; what it is about is the last line that begins with "@". */
export const NO_CLIENT = 30
export const LOGIN_FAILED = 31

/** Where open-iscsi keeps its records of targets, by distribution. */
const RECORDS = '/etc/iscsi/nodes /var/lib/iscsi/nodes'
/** Which sessions are ours to end stands in this folder, a file for each domain. */
const SESSIONS = '/var/lib/virtdeck/iscsi'
/** Records that the host had of targets which a domain is logged in to. */
const KEPT = '/var/lib/virtdeck/iscsi-records'

/**
 * `log_in PORTAL TARGET` sets `isNew` where there was no session before, `log_out PORTAL TARGET` ends one. A record that the host had of the
 * target is copied to `$kept` before, and back after. A CHAP password is read as the first line of standard input.
 */
function iscsiFunctions(chapUser: string | undefined): string {
  const authenticate =
    chapUser === undefined
      ? ''
      : `for f in $(records "$1" "$2"); do for r in $(find "$f" -type f); do x=$(grep -v -e "^# END" -e "^node.session.auth" "$r"); printf '%s\\nnode.session.auth.authmethod = CHAP\\nnode.session.auth.username = %s\\nnode.session.auth.password = %s\\n# END RECORD\\n' "$x" ${shellQuote(chapUser)} "$password" > "$r"; done; done; `
  return [
    `command -v iscsiadm >/dev/null || exit ${NO_CLIENT}`,
    ...(chapUser === undefined ? [] : ['IFS= read -r password']),
    'has_session() { iscsiadm -m session 2>/dev/null | grep -F " $1," | grep -qF " $2 "; }',
    // A record lies under the address without the brackets of IPv6; one that no discovery made is a file without the portal group's tag.
    `records() { a=\${1%:*}; a=\${a#[}; a=\${a%]},\${1##*:}; for d in ${RECORDS}; do ls -d "$d/$2/$a" "$d/$2/$a",* 2>/dev/null; done; }`,
    'keep() { q="$kept/$2,$1"; rm -rf "$q"; k=0; for f in $(records "$1" "$2"); do k=$((k + 1)); mkdir -p "$q" && cp -a "$f" "$q/$k" && echo "$f" >> "$q/list"; done; }',
    `bring_back() { q="$kept/$2,$1"; k=0; if [ -f "$q/list" ]; then while read -r f; do k=$((k + 1)); rm -rf "$f"; mkdir -p "\${f%/*}"; cp -a "$q/$k" "$f"; done < "$q/list"; fi; rm -rf "$q"; }`,
    'forget() { iscsiadm -m node -T "$2" -p "$1" -o delete >/dev/null 2>&1; bring_back "$1" "$2"; }',
    [
      'log_in() { isNew=; if has_session "$1" "$2"; then return; fi; keep "$1" "$2"',
      // Beside a record that is there it would make a second one.
      '[ -n "$(records "$1" "$2")" ] || iscsiadm -m node -T "$2" -p "$1" -o new >/dev/null 2>&1',
      `${authenticate}iscsiadm -m node -T "$2" -p "$1" -o update -n node.session.initial_login_retry_max -v 2 >/dev/null 2>&1`,
      'iscsiadm -m node -T "$2" -p "$1" -o update -n node.startup -v manual >/dev/null 2>&1',
      'o=$(iscsiadm -m node -T "$2" -p "$1" --login 2>&1); c=$?',
      // iscsi_err.h: 15 there is a session, which somebody else has made meanwhile.
      `case $c in 0) isNew=1;; 15) bring_back "$1" "$2";; *) forget "$1" "$2"; echo "$o" >&2; echo "@failed $c $1 $2"; exit ${LOGIN_FAILED};; esac; }`,
    ].join('; '),
    'log_out() { iscsiadm -m node -T "$2" -p "$1" --logout >/dev/null 2>&1; forget "$1" "$2"; }',
  ].join('; ')
}

/**
 * Logs in to each of the targets, and out of those that were not logged in to before, when the script ends, however it does. Records of
 * targets that the host had are as they were. A CHAP password is read as the first line of standard input.
 */
export function logInForNow(targets: readonly IscsiTarget[], chapUser: string | undefined): string {
  if (targets.length === 0) return ':'
  return [
    iscsiFunctions(chapUser),
    'kept=$(mktemp -d) || exit 1; news=',
    `leave() { for s in $news; do log_out "\${s%,*}" "\${s##*,}"; done; rm -rf "$kept"; }`,
    'trap leave EXIT; trap "exit 143" TERM HUP',
    ...targets.map(({ portal, target }) => {
      const words = `${shellQuote(portal)} ${shellQuote(target)}`
      return `log_in ${words}; if [ -n "$isNew" ]; then news="$news "${shellQuote(`${portal},${target}`)}; fi`
    }),
  ].join('; ')
}

/** Logs in to the domain's targets, and keeps which sessions were not there before. A CHAP password is read as the first line of standard input. */
export function logInToStay(id: string, storage: BlockStorage): string {
  if (storage.kind !== 'iscsi') return ':'
  const { targets, chapUser } = storage
  return [
    iscsiFunctions(chapUser),
    `kept=${KEPT}; mkdir -p ${SESSIONS} || exit 1; mkdir -p -m 700 ${KEPT} || exit 1`,
    ...targets.flatMap(({ portal, target }) => {
      const line = shellQuote(`${portal} ${target}`)
      return [
        `log_in ${shellQuote(portal)} ${shellQuote(target)}; if [ -n "$isNew" ]; then echo ${line} >> ${SESSIONS}/${id}; fi`,
        // A session that another domain has made and this one uses as well is ended by the last of them.
        `if grep -qsxF ${line} ${SESSIONS}/* && ! grep -qsxF ${line} ${SESSIONS}/${id}; then echo ${line} >> ${SESSIONS}/${id}; fi`,
      ]
    }),
  ].join('; ')
}

/** Logs out of what was logged in to for the domain, but for what another domain uses. */
export function logOut(id: string): string {
  const own = `${SESSIONS}/${id}`
  return [
    `if [ -f ${own} ]; then ${iscsiFunctions(undefined)}`,
    `kept=${KEPT}; mv -f ${own} ${SESSIONS}/.${id}; while read -r portal target; do grep -qsxF "$portal $target" ${SESSIONS}/* || log_out "$portal" "$target"; done < ${SESSIONS}/.${id}; rm -f ${SESSIONS}/.${id}`,
    'fi',
    `rmdir ${KEPT} ${SESSIONS} 2>/dev/null`,
  ].join('; ')
}

/** Asks a portal for its targets, and keeps nothing of it. */
export function discoverScript(portal: string): string {
  return `command -v iscsiadm >/dev/null || exit ${NO_CLIENT}; iscsiadm -m discovery -t sendtargets -p ${shellQuote(portal)} -o nonpersistent`
}

/** Reads what a discovery printed: "10.0.0.1:3260,1 iqn.…". Pure. */
export function parseTargets(output: string): readonly IscsiTarget[] {
  return output.split('\n').flatMap((line) => {
    const [, portal, target] = /^(\S{1,255}),\d+ ((?:iqn|eui|naa)\.[\w.:-]{1,219})$/.exec(line.trim()) ?? []
    return portal === undefined || target === undefined ? [] : [{ portal, target }]
  })
}

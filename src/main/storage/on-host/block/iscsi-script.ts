import type { IscsiTarget } from '../../../../shared/domain/index.ts'
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

/**
 * Logs in to each of the targets, and out of those that were not logged in to before, when the script ends, however it does. Records of
 * targets that the host had are as they were. A CHAP password is read as the first line of standard input.
 */
export function logInForNow(targets: readonly IscsiTarget[], chapUser: string | undefined): string {
  if (targets.length === 0) return ':'
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
    'kept=$(mktemp -d) || exit 1; k=0; news=',
    'forget() { iscsiadm -m node -T "$2" -p "$1" -o delete >/dev/null 2>&1; }',
    `restore() { k=0; if [ -f "$kept/list" ]; then while read -r f; do k=$((k + 1)); rm -rf "$f"; mkdir -p "\${f%/*}"; cp -a "$kept/$k" "$f"; done < "$kept/list"; fi; rm -rf "$kept"; }`,
    `leave() { for s in $news; do iscsiadm -m node -T "\${s##*,}" -p "\${s%,*}" --logout >/dev/null 2>&1; forget "\${s%,*}" "\${s##*,}"; done; restore; }`,
    'trap leave EXIT; trap "exit 143" TERM HUP',
    [
      'log_in() { if has_session "$1" "$2"; then return; fi',
      'for f in $(records "$1" "$2"); do k=$((k + 1)); cp -a "$f" "$kept/$k" && echo "$f" >> "$kept/list"; done',
      // Beside a record that is there it would make a second one.
      '[ -n "$(records "$1" "$2")" ] || iscsiadm -m node -T "$2" -p "$1" -o new >/dev/null 2>&1',
      `${authenticate}iscsiadm -m node -T "$2" -p "$1" -o update -n node.session.initial_login_retry_max -v 2 >/dev/null 2>&1`,
      'o=$(iscsiadm -m node -T "$2" -p "$1" --login 2>&1); c=$?',
      // iscsi_err.h: 15 there is a session, which somebody else has made meanwhile.
      `case $c in 0) news="$news $1,$2";; 15) ;; *) forget "$1" "$2"; echo "$o" >&2; echo "@failed $c $1 $2"; exit ${LOGIN_FAILED};; esac; }`,
    ].join('; '),
    ...targets.map(({ portal, target }) => `log_in ${shellQuote(portal)} ${shellQuote(target)}`),
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

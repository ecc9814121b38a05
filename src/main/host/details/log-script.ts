import { type LibvirtMode, LOG_TAIL_BYTES, type LogTail } from '../../../shared/domain/index.ts'
import { shellQuote } from '../../hosts/index.ts'

const UNITS =
  'libvirtd virtqemud virtnetworkd virtstoraged virtnodedevd virtsecretd virtproxyd virtinterfaced virtnwfilterd virtlogd virtlockd'.split(
    ' ',
  )
const JOURNAL_LINES = 1_000
const DAEMON_FILES = 'libvirtd.log virtqemud.log'
/** One more than is shown tells that there is more. */
const READ_BYTES = LOG_TAIL_BYTES + 1

/** Whether $f can be read, by the user or by a sudo that asks for no password; prints its end. Falls through when it cannot. */
const PRINT_FILE = [
  's=; if [ ! -r "$f" ] && sudo -n test -r "$f" 2>/dev/null; then s="sudo -n"; fi',
  `if [ -r "$f" ] || [ -n "$s" ]; then echo "state=read"; echo "source=$f"; echo; $s tail -c ${READ_BYTES} "$f"; exit 0; fi`,
  'if [ -e "$f" ]; then hidden=1; fi',
  'd=$(dirname "$f"); for p in "$(dirname "$d")" "$d"; do if [ -d "$p" ] && [ ! -x "$p" ]; then hidden=1; fi; done',
].join('; ')

const REFUSE = 'if [ -n "$hidden" ]; then echo state=unreadable; else echo state=missing; fi; echo "source=$f"; echo'

/**
 * A POSIX shell script that prints the end of the log of a machine's QEMU. Its place is libvirt's: one file for each name.
 * https://libvirt.org/kbase/debuglogs.html
 */
export function vmLogScript(name: string, mode: LibvirtMode): string {
  const folder = mode === 'session' ? '"$c"/libvirt/qemu/log' : '/var/log/libvirt/qemu'
  const cache = 'c=$XDG_CACHE_HOME; [ -n "$c" ] || c=$HOME/.cache'
  return ['hidden=', cache, `f=${folder}/${shellQuote(`${name}.log`)}`, PRINT_FILE, REFUSE].join('; ')
}

/** The same for the daemons of libvirt: from the journal where they log to it, else from their files. */
export const hostLogScript = [
  'hidden=; s=; if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then s="sudo -n"; fi',
  `if command -v journalctl >/dev/null 2>&1; then j=$($s journalctl -q --no-pager -o short-iso -n ${JOURNAL_LINES} ${UNITS.map((unit) => `-u ${unit}`).join(' ')} 2>/dev/null | tail -c ${READ_BYTES}); fi`,
  `if [ -n "$j" ]; then echo state=read; echo "source=journalctl -u ${UNITS[0]} …"; echo; printf '%s\\n' "$j"; exit 0; fi`,
  `for n in ${DAEMON_FILES}; do f=/var/log/libvirt/$n; ${PRINT_FILE}; done`,
  // A user outside of the groups that may read the journal is shown an empty one.
  'if [ "$(id -u)" != 0 ] && [ -z "$s" ] && command -v journalctl >/dev/null 2>&1; then hidden=1; f="journalctl"; fi',
  REFUSE,
].join('; ')

/** Reads what such a script printed. Pure. */
export function parseLogTail(output: string, asOf: number): LogTail {
  const end = output.indexOf('\n\n')
  const head = (end === -1 ? output : output.slice(0, end)).split('\n')
  const body = end === -1 ? '' : output.slice(end + 2)
  const told = (key: string) => head.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1, 500) ?? ''
  const obstacle = told('state') === 'read' ? null : told('state') === 'unreadable' ? 'unreadable' : 'missing'
  const isLonger = Buffer.byteLength(body) > LOG_TAIL_BYTES
  // The first line of what was cut off begins anywhere.
  const whole = isLonger ? body.slice(body.indexOf('\n') + 1) : body
  const isCut = isLonger || (told('source').startsWith('journalctl') && countLines(whole) >= JOURNAL_LINES)
  return { id: 'tail', asOf, source: printable(told('source')), text: printable(whole), isCut, obstacle }
}

function countLines(text: string): number {
  return text.split('\n').filter((line) => line !== '').length
}

/** Guests write into their QEMU's log, too: nothing in it is to move a cursor or turn the direction of writing. */
function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/[^\P{C}\n\t]/gu, '\u{fffd}')
}

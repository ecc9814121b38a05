import { AppError } from '../../../../shared/errors/index.ts'
import { hostFailed, printable, type RootScriptResult } from '../root-script.ts'
import type { StorageHost } from '../types.ts'
import { LOGIN_FAILED, NO_CLIENT } from './iscsi-script.ts'
import { LUN_MISSING } from './lun-script.ts'
import { groupOf, IN_USE, MOUNTED_ELSEWHERE, NO_GROUP, NOT_HERE, OTHER_GROUP } from './lvm-script.ts'

const REASON_CHARACTERS = 300
/** iscsi_err.h of open-iscsi. */
const LOGIN_AUTH_FAILED = 24
const UNREACHABLE: ReadonlySet<number> = new Set([4, 5, 8, 11, 12])

/** The error for a script on LUNs that ended with another code than 0. Pure. */
export function explainBlock(
  host: Pick<StorageHost, 'id' | 'definition'>,
  id: string,
  { exitCode, stdout, stderr }: RootScriptResult,
): AppError {
  const hostName = host.definition.name
  const about = { hostId: host.id, retry: 'safe' } as const
  const path = groupOf(id)
  switch (exitCode) {
    case LUN_MISSING:
      return new AppError('storage.lun-missing', { hostName, lunId: lastWord(stdout, '@missing') }, about)
    case NO_GROUP:
      return new AppError('storage.no-descriptor', { hostName, path }, about)
    case OTHER_GROUP:
      return new AppError('storage.other-domain', { name: path, hostName, path, foundId: '' }, about)
    case MOUNTED_ELSEWHERE:
    case NOT_HERE:
      return new AppError('storage.metadata-elsewhere', { hostName, name: path }, about)
    case IN_USE: {
      const params = { hostName, lunId: lastWord(stdout, '@in-use'), use: 'device', what: '' }
      return new AppError('storage.lun-in-use', params, about)
    }
    case NO_CLIENT:
      return new AppError('storage.iscsi-client-missing', { hostName, remedy: 'apt-get install open-iscsi' }, about)
    case LOGIN_FAILED:
      return explainLogin(hostName, stdout, stderr, about)
    default:
      return hostFailed(host as StorageHost, path, stderr || stdout || `exit code ${exitCode}`)
  }
}

function explainLogin(hostName: string, stdout: string, stderr: string, about: { readonly retry: 'safe' }): AppError {
  const [, code = '', portal = '', target = ''] = /@failed (\d+) (\S+) (\S+)/.exec(stdout) ?? []
  const reason = printable(stderr).slice(0, REASON_CHARACTERS)
  if (Number(code) === LOGIN_AUTH_FAILED) return new AppError('storage.chap-refused', { hostName, target }, about)
  if (UNREACHABLE.has(Number(code)))
    return new AppError('storage.portal-unreachable', { hostName, portal, reason }, about)
  return new AppError('storage.target-refused', { hostName, portal, target, reason }, about)
}

function lastWord(output: string, mark: string): string {
  return (
    output
      .split('\n')
      .findLast((line) => line.startsWith(`${mark} `))
      ?.slice(mark.length + 1) ?? ''
  )
}

import { AppError } from '../../../../shared/errors/index.ts'
import { printable, type RootScriptResult } from '../root-script.ts'
import type { StorageHost } from '../types.ts'
import { NO_CLIENT } from './iscsi-script.ts'

const REASON_CHARACTERS = 300
/** iscsi_err.h of open-iscsi. */
const LOGIN_AUTH_FAILED = 24
const UNREACHABLE: ReadonlySet<number> = new Set([4, 5, 8, 11, 12])

/** The error of a script that found no iSCSI initiator, or could not log in. Pure. */
export function explainScan(
  host: Pick<StorageHost, 'id' | 'definition'>,
  { exitCode, stdout, stderr }: RootScriptResult,
): AppError {
  const hostName = host.definition.name
  const about = { hostId: host.id, retry: 'safe' } as const
  if (exitCode === NO_CLIENT)
    return new AppError('storage.iscsi-client-missing', { hostName, remedy: 'apt-get install open-iscsi' }, about)
  return explainLogin(hostName, stdout, stderr, about)
}

function explainLogin(hostName: string, stdout: string, stderr: string, about: { readonly retry: 'safe' }): AppError {
  const [, code = '', portal = '', target = ''] = /@failed (\d+) (\S+) (\S+)/.exec(stdout) ?? []
  const reason = printable(stderr).slice(0, REASON_CHARACTERS)
  if (Number(code) === LOGIN_AUTH_FAILED) return new AppError('storage.chap-refused', { hostName, target }, about)
  if (UNREACHABLE.has(Number(code)))
    return new AppError('storage.portal-unreachable', { hostName, portal, reason }, about)
  return new AppError('storage.target-refused', { hostName, portal, target, reason }, about)
}

import type { VmGuest } from '../../shared/domain/index.ts'
import {
  type DomainRecord,
  domainReference,
  type HostLink,
  isLibvirtError,
  type TypedParameter,
  type TypedParameterValue,
} from '../hosts/index.ts'

/** libvirt gives the agent five seconds for each of its own questions. */
const READ_TIMEOUT_MS = 40_000
/** All that the agent can say; what it cannot is left out, where a list of kinds would be refused whole. */
const ALL_KINDS = 0
const LISTED_LIMIT = 64
const TEXT_LIMIT = 255

/**
 * What the agent in a guest says of its system; none where no agent is connected, or libvirt knows no such question (before 5.7). Over a
 * connection of its own, as an agent may be slow. Errors: those of `call` and of opening a connection, but not the daemon's refusals.
 */
export async function fetchGuest(
  link: HostLink,
  record: DomainRecord,
  signal: AbortSignal,
): Promise<readonly VmGuest[]> {
  if (record.definition.guestAgent !== 'connected') return []
  const connection = await link.openConnection({ signal })
  try {
    const dom = domainReference(record)
    const limits = { timeoutMs: READ_TIMEOUT_MS, signal }
    const { params } = await connection.call('DOMAIN_GET_GUEST_INFO', { dom, types: ALL_KINDS, flags: 0 }, limits)
    return [parseGuest(params)]
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return []
  } finally {
    await connection.close()
  }
}

/**
 * Reads libvirt's answer. It is the guest's word: lists and texts are cut, and lose their control characters. Pure.
 * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetGuestInfo
 */
export function parseGuest(params: readonly Pick<TypedParameter, 'field' | 'value'>[]): VmGuest {
  const told = new Map(params.map(({ field, value }) => [field, value]))
  const text = (field: string) => cleanText(told.get(field))
  const number = (field: string) => numberOf(told.get(field))
  const list = <T>(kind: string, read: (prefix: string) => T): T[] | null => {
    const count = number(`${kind}.count`)
    if (count === null) return null
    return Array.from({ length: Math.max(0, Math.min(LISTED_LIMIT, count)) }, (_, index) => read(`${kind}.${index}`))
  }
  return {
    id: 'guest',
    hostName: text('hostname'),
    system: text('os.pretty-name') ?? text('os.name'),
    kernel: text('os.kernel-release'),
    timeZone: text('timezone.name'),
    users: list('user', (prefix) => ({
      name: text(`${prefix}.name`) ?? '',
      since: number(`${prefix}.login-time`),
    })),
    fileSystems: list('fs', (prefix) => ({
      mountPoint: text(`${prefix}.mountpoint`) ?? text(`${prefix}.name`) ?? '',
      type: text(`${prefix}.fstype`) ?? '',
      totalBytes: number(`${prefix}.total-bytes`),
      usedBytes: number(`${prefix}.used-bytes`),
    })),
  }
}

function cleanText(value: TypedParameterValue | undefined): string | null {
  if (typeof value !== 'string') return null
  const clean = value.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').trim()
  return clean === '' ? null : [...clean].slice(0, TEXT_LIMIT).join('')
}

function numberOf(value: TypedParameterValue | undefined): number | null {
  const number = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null
  return number === null || !Number.isFinite(number) || number < 0 ? null : number
}

import { AppError } from '../../../shared/errors/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import { XmlError } from '../../xml/index.ts'
import type { ActedOn } from '../domain-action.ts'

/** `virDomainXMLFlags`. */
const SECURE = 1
const INACTIVE = 2
const TIMEOUT_MS = 30_000

/** The stored definition, with the passwords of its screens: it is for the host that it came from, and goes nowhere else. */
export function inactiveXmlOf(link: HostLink, vm: ActedOn): Promise<string> {
  return fetchXml(link, vm, SECURE | INACTIVE)
}

/** The definition by which it runs. */
export function liveXmlOf(link: HostLink, vm: ActedOn): Promise<string> {
  return fetchXml(link, vm, SECURE)
}

async function fetchXml(link: HostLink, { id, name }: ActedOn, flags: number): Promise<string> {
  const dom = domainReference({ name, uuid: id })
  const { xml } = await link.control().call('DOMAIN_GET_XML_DESC', { dom, flags }, { timeoutMs: TIMEOUT_MS })
  return xml
}

/** What is done with a definition that may not be readable: then vm.definition-unreadable. */
export function withXmlErrors<T>({ name }: ActedOn, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new AppError('vm.definition-unreadable', { name, detail: error.message }, { cause: error, subject: name })
  }
}

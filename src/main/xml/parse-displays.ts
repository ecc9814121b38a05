import { attributeOf, childrenOf, descend, parseWholeNumber, parseXml, type XmlElement } from './xml-tree.ts'

/** Where a display of a running domain can be connected to, on its host. */
export type DisplayListener =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'none' }

/** One `<graphics>` of a live definition. `password` is a secret, there only in XML that was asked for with secrets. */
export interface DisplayDefinition {
  readonly type: string
  readonly listener: DisplayListener
  readonly password: string | null
}

/** More displays than any machine has: the rest is left out. */
const DISPLAYS_LIMIT = 16

/**
 * Reads the displays of a live domain XML. Where one listens stands in its `<listen>` children; attributes of `<graphics>`
 * itself are what older libvirt wrote. Throws {@link XmlError}.
 */
export function parseDisplays(xml: string): readonly DisplayDefinition[] {
  return childrenOf(descend(parseXml(xml), 'devices'), 'graphics')
    .slice(0, DISPLAYS_LIMIT)
    .map((graphics) => ({
      type: attributeOf(graphics, 'type') ?? '',
      listener: decideListener(graphics),
      password: attributeOf(graphics, 'passwd'),
    }))
}

function decideListener(graphics: XmlElement): DisplayListener {
  const listens = childrenOf(graphics, 'listen')
  const socketListen = listens.find((listen) => attributeOf(listen, 'type') === 'socket')
  const path = attributeOf(socketListen ?? null, 'socket') ?? attributeOf(graphics, 'socket')
  if (path?.startsWith('/') === true) return { kind: 'socket', path }
  const listen = listens.find((candidate) => ['address', 'network'].includes(attributeOf(candidate, 'type') ?? ''))
  const legacyAddress = attributeOf(graphics, 'listen')
  const port = parseWholeNumber(attributeOf(graphics, 'port'))
  const listensOnTcp = listen !== undefined || legacyAddress !== null
  if (!listensOnTcp || port === null || port < 1 || port > 65_535) return { kind: 'none' }
  return { kind: 'tcp', host: decideForwardHost(attributeOf(listen ?? null, 'address') ?? legacyAddress ?? ''), port }
}

/** The address to connect to, from the host itself, for one that is listened on: a wildcard is reached over loopback. */
function decideForwardHost(address: string): string {
  if (address === '' || address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}

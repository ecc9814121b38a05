import type { CopiedAddress, Network, NetworkAttachment, NetworkId } from '../../../shared/domain/index.ts'
import { readAddress } from './address-form.ts'

/** An address that each host has to have of its own. */
export interface OwnAddress {
  readonly networkId: NetworkId
  readonly networkName: string
  readonly family: 'ipv4' | 'ipv6'
}

/** What a person typed for one host, by `networkId family`. */
export type TypedAddresses = Readonly<Record<string, string>>

export const keyOf = ({ networkId, family }: Pick<OwnAddress, 'networkId' | 'family'>) => `${networkId} ${family}`

/** The static addresses of a host that is copied: what others cannot have. Pure. */
export function ownAddressesOf(
  attachments: readonly NetworkAttachment[],
  networks: { get(id: NetworkId): Pick<Network, 'name'> | undefined },
): readonly OwnAddress[] {
  return attachments.flatMap((attachment) =>
    (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const networkName = networks.get(attachment.networkId)?.name
      if (attachment[family].method !== 'static' || networkName === undefined) return []
      return [{ networkId: attachment.networkId, networkName, family }]
    }),
  )
}

/** What was typed, as the engine takes it; null: something of it is no address. What was left empty is left out. Pure. */
export function readTyped(asked: readonly OwnAddress[], typed: TypedAddresses): readonly CopiedAddress[] | null {
  const found: CopiedAddress[] = []
  for (const { networkId, family } of asked) {
    const text = typed[keyOf({ networkId, family })]?.trim() ?? ''
    if (text === '') continue
    const address = readAddress(text, family)
    if (address === null) return null
    found.push({ networkId, [family]: { method: 'static', ...address } })
  }
  return found
}

import type { HostBond, HostNetworks, HostNic, NetworkId } from '../../../shared/domain/index.ts'
import type { SetupDraft } from './setup-draft.ts'

/** What a person drags. */
export type Dragged =
  | { readonly kind: 'network'; readonly networkId: NetworkId }
  | { readonly kind: 'nic'; readonly nic: string }

/** A NIC or bond, as it is to be. */
export interface Carrier {
  readonly name: string
  readonly kind: 'nic' | 'bond'
  /** As the host has it; null: a bond that is not there yet. */
  readonly seen: HostNic | HostBond | null
  /** The bond that it is to be in. */
  readonly bondOf: string | null
  /** Of a bond. */
  readonly nics: readonly string[]
}

/** Bonds with their NICs behind them, then NICs that are in none. Pure. */
export function carriersOf(there: HostNetworks, { bonds }: SetupDraft): readonly Carrier[] {
  const inBond = new Map(bonds.flatMap(({ name, nics }) => nics.map((nic) => [nic, name] as const)))
  const nicOf = (nic: HostNic): Carrier => ({
    name: nic.name,
    kind: 'nic',
    seen: nic,
    bondOf: inBond.get(nic.name) ?? null,
    nics: [],
  })
  const bonded = bonds.flatMap(({ name, nics }): readonly Carrier[] => [
    { name, kind: 'bond', seen: there.bonds.find((one) => one.name === name) ?? null, bondOf: null, nics },
    ...there.nics.filter((nic) => nics.includes(nic.name)).map(nicOf),
  ])
  return [...bonded, ...there.nics.filter(({ name }) => !inBond.has(name)).map(nicOf)]
}

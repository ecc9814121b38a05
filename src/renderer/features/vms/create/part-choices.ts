import type { TFunction } from 'i18next'
import type { Format } from '../../../i18n/index.ts'
import type { VmChoices } from './use-vm-choices.ts'

interface Choice {
  readonly value: string
  readonly label: string
}

/** Domains that a new disk can be made in, with what is free there. Pure. */
export function domainChoices({ domains }: Pick<VmChoices, 'domains'>, t: TFunction, format: Format): Choice[] {
  if (domains.length === 0) return [{ value: '', label: t('newvm:choose') }]
  return domains.map(({ id, name, availableBytes }) => ({
    value: id,
    label: availableBytes === null ? name : t('disks:form.domainFree', { name, free: format.bytes(availableBytes) }),
  }))
}

/** Disks that no machine has. Pure. */
export function diskChoices({ disks }: Pick<VmChoices, 'disks'>, t: TFunction): Choice[] {
  return [{ value: '', label: t('newvm:choose') }, ...disks.map(({ id, name }) => ({ value: id, label: name }))]
}

/** What a card can be plugged into: networks of the cluster, with or without a profile, and what a host has by itself. Pure. */
export function networkChoices(
  { networks, profiles }: Pick<VmChoices, 'networks' | 'profiles'>,
  t: TFunction,
): Choice[] {
  const withProfiles = networks.flatMap(({ id, name }) => [
    { value: `network:${id}`, label: name },
    ...profiles
      .filter(({ networkId }) => networkId === id)
      .map((profile) => ({ value: `profile:${profile.id}`, label: `${name} · ${profile.name}` })),
  ])
  return [
    ...withProfiles,
    ...(['libvirt', 'bridge', 'user'] as const).map((value) => ({ value, label: t(`newvm:nic.${value}`) })),
  ]
}

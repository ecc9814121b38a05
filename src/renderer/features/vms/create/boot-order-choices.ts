import type { TFunction } from 'i18next'

const ORDERS = ['disk', 'disk,cdrom', 'cdrom,disk', 'network,disk', 'cdrom', 'network']

/** The orders that people use, as commands take them, joined by commas; the empty one is what is usual. */
export function bootOrderChoices(t: TFunction, usual: string) {
  const nameOf = (device: string) => t(`newvm:boot.${device}`)
  return [
    { value: '', label: usual },
    ...ORDERS.map((order) => ({ value: order, label: order.split(',').map(nameOf).join(' → ') })),
  ]
}

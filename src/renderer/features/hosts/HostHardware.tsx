import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostDevice } from '../../../shared/domain/index.ts'
import { Card, Unknown } from '../../components/Card.tsx'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Format, useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'

const BITS_PER_MEGABIT = 1_000_000
const BITS_PER_BYTE = 8

/** What a host is made of: processors and memory by NUMA cell, network cards, disks, PCI and USB devices. */
export function HostHardware({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const details = useCollection('host.details', host.id)
  const devices = useCollection('host.devices', host.id)
  const [first] = devices.entities.values()
  const error = details.error ?? devices.error
  if (error !== null) return <ErrorDetails error={error} />
  const asOf = first?.asOf ?? details.entities.get('details')?.asOf
  return (
    <div className="vd-summary">
      {host.stale && asOf !== undefined ? <StaleAge asOf={asOf} /> : null}
      <ProcessorsCard host={host} />
      <DeviceCards devices={devices.entities} />
      {first === undefined ? (
        <EmptyPage title={t(host.stale ? 'hosts:hardware.none' : 'common:loading')} busy={!host.stale} />
      ) : null}
    </div>
  )
}

function ProcessorsCard({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const cells = useCollection('host.details', host.id).entities.get('details')?.numaCells ?? []
  const { facts } = host
  const topology =
    facts === null
      ? ''
      : t('hosts:facts.topology', {
          cpus: facts.cpus,
          sockets: facts.sockets * facts.numaNodes,
          cores: facts.coresPerSocket,
          threads: facts.threadsPerCore,
        })
  return (
    <Card title={t('hosts:hardware.processors')} aside={topology}>
      <PlainTable
        label={t('hosts:hardware.processors')}
        heads={[t('hosts:hardware.cell'), t('hosts:column.cpus'), t('hosts:facts.memory'), t('hosts:hardware.free')]}
        rows={cells.map(({ id, cpus, memoryKiB, freeKiB }) => ({
          key: String(id),
          cells: [
            format.number(id),
            shortenNumbers(cpus),
            format.kib(memoryKiB),
            freeKiB === null ? <Unknown key="free" /> : format.kib(freeKiB),
          ],
        }))}
      />
    </Card>
  )
}

function DeviceCards({ devices }: { readonly devices: { values(): Iterable<HostDevice> } }) {
  const { t } = useTranslation()
  const format = useFormat()
  // The loopback is no card.
  const byKind = useMemo(
    () =>
      Map.groupBy(
        [...devices.values()].filter(({ kind, name }) => kind !== 'nic' || name !== 'lo'),
        ({ kind }) => kind,
      ),
    [devices],
  )
  const rowsOf = (kind: HostDevice['kind'], cells: (device: HostDevice) => readonly React.ReactNode[]) =>
    (byKind.get(kind) ?? [])
      .sort((a, b) => (a.address ?? a.name).localeCompare(b.address ?? b.name, undefined, { numeric: true }))
      .map((device) => ({ key: device.id, cells: cells(device) }))
  const known = (value: React.ReactNode) => value ?? <Unknown />
  const table = (kind: HostDevice['kind'], heads: readonly string[], cells: Parameters<typeof rowsOf>[1]) => (
    <Card title={t(`hosts:hardware.${kind}`)}>
      <PlainTable label={t(`hosts:hardware.${kind}`)} heads={heads} rows={rowsOf(kind, cells)} />
    </Card>
  )
  const name = t('hosts:hardware.name')
  const vendor = t('hosts:hardware.vendor')
  const address = t('hosts:hardware.address')
  return (
    <>
      {table('nic', [name, t('hosts:hardware.mac'), t('hosts:hardware.link'), t('hosts:hardware.speed')], (nic) => [
        nic.name,
        known(nic.address),
        <Link key="link" isUp={nic.isLinkUp} />,
        known(speedOf(nic, format)),
      ])}
      {table('disk', [name, vendor, t('hosts:hardware.size')], (disk) => [
        disk.name,
        known(disk.vendor),
        known(disk.sizeBytes === null ? null : format.bytes(disk.sizeBytes)),
      ])}
      {table('pci', [address, name, vendor, t('hosts:hardware.driver'), t('hosts:hardware.iommu')], (pci) => [
        known(pci.address),
        pci.name,
        known(pci.vendor),
        known(pci.driver),
        known(pci.iommuGroup === null ? null : format.number(pci.iommuGroup)),
      ])}
      {table('usb', [address, name, vendor, t('hosts:hardware.driver')], (usb) => [
        known(usb.address),
        usb.name,
        known(usb.vendor),
        known(usb.driver),
      ])}
      {byKind.has('mediated')
        ? table('mediated', [address, name, t('hosts:hardware.iommu')], (device) => [
            known(device.address),
            device.name,
            known(device.iommuGroup === null ? null : format.number(device.iommuGroup)),
          ])
        : null}
    </>
  )
}

function Link({ isUp }: { readonly isUp: boolean | null }) {
  const { t } = useTranslation()
  if (isUp === null) return <Unknown />
  return (
    <span className="vd-status">
      <StatusMark tone={isUp ? 'ok' : 'off'} /> {t(isUp ? 'hosts:hardware.linkUp' : 'hosts:hardware.linkDown')}
    </span>
  )
}

function speedOf({ speedMbps, isLinkUp }: HostDevice, format: Format): string | null {
  if (speedMbps === null || isLinkUp === false) return null
  return format.bitRate((speedMbps * BITS_PER_MEGABIT) / BITS_PER_BYTE)
}

/** "0–3, 8": numbers in runs. Pure. */
export function shortenNumbers(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run !== undefined && number === run[1] + 1) run[1] = number
    else runs.push([number, number])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ')
}

import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId, Vm } from '../../../shared/domain/index.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import { goTo, openDialog, showHost, showVm, useCollection, useEntity, useWorkspace } from '../../stores/index.ts'
import { useHostActions } from '../hosts/index.ts'
import { matchesQuery, parseQuery, tabOfQuery, useVmMenu } from '../vms/index.ts'
import { findEntries, type PaletteEntry, readVmQuery } from './find-entries.ts'

const NO_HOST = '00000000-0000-0000-0000-000000000000' as HostId

/** What the palette offers for what was typed: hosts, VMs, commands on what is selected, commands of the app. */
export function usePaletteEntries(typed: string): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const hosts = useCollection('hosts').entities
  const vms = useCollection('vms').entities
  const place = useWorkspace((state) => state.place)
  const selectedVm = useEntity('vms', place.kind === 'vm' ? place.id : null)
  const selectedHost = useEntity('hosts', place.kind === 'host' ? place.id : null)
  const vmMenu = useVmMenu(selectedVm === undefined ? [] : [selectedVm])
  const hostMenu = useHostActions(selectedHost?.id ?? NO_HOST)

  const commands = useMemo(() => {
    const own: PaletteEntry[] = [
      command('host.add', t('hosts:action.add'), () => openDialog({ kind: 'add-host' })),
      command('settings', t('settings:title'), () => openDialog({ kind: 'settings' })),
      command('all.hosts', t('frame:menu.allHosts'), () => goTo({ kind: 'all', tab: 'hosts' })),
      command('all.vms', t('frame:menu.allVms'), () => goTo({ kind: 'all', tab: 'vms' })),
      command('all.events', t('frame:menu.allEvents'), () => goTo({ kind: 'all', tab: 'events' })),
    ]
    return own
  }, [t])
  const navigation = useMemo<readonly PaletteEntry[]>(() => {
    const hostEntries = [...hosts.values()].map(
      (host): PaletteEntry => ({
        id: `host:${host.id}`,
        kind: 'host',
        title: host.name,
        detail: t(`hosts:status.${host.status}`),
        disabledReason: null,
        run: () => showHost(host.id),
      }),
    )
    return [...hostEntries, ...[...vms.values()].map((vm) => vmEntry(vm))]

    function vmEntry(vm: Vm): PaletteEntry {
      return {
        id: `vm:${vm.id}`,
        kind: 'vm',
        title: vm.name,
        detail: `${hosts.get(vm.hostId)?.name ?? ''} · ${t(`vms:status.${vm.status}`)}`,
        disabledReason: null,
        run: () => showVm(vm.id),
      }
    }
  }, [hosts, vms, t])

  const query = readVmQuery(typed)
  if (query !== null) {
    const conditions = parseQuery(query)
    const matching = [...vms.values()].filter((vm) => matchesQuery(vm, hosts.get(vm.hostId)?.name ?? '', conditions))
    const ids = new Set(matching.map(({ id }) => `vm:${id}`))
    const showAll = command('query', t('frame:palette.showAll', { count: matching.length }), () =>
      goTo({ kind: 'all', tab: tabOfQuery(query) }),
    )
    return [showAll, ...navigation.filter(({ id }) => ids.has(id)).slice(0, 30)]
  }
  const selected =
    selectedVm !== undefined
      ? toCommands(vmMenu, selectedVm.name)
      : selectedHost !== undefined
        ? toCommands(hostMenu, selectedHost.name)
        : []
  return findEntries([...navigation, ...selected, ...commands], typed)
}

function command(id: string, title: string, run: () => void): PaletteEntry {
  return { id: `command:${id}`, kind: 'command', title, detail: '', disabledReason: null, run }
}

function toCommands(menu: readonly MenuEntry[], name: string): readonly PaletteEntry[] {
  return menu.flatMap((entry): readonly PaletteEntry[] =>
    entry.type === 'action'
      ? [
          {
            id: `command:${entry.id}`,
            kind: 'command',
            title: entry.label,
            detail: name,
            disabledReason: entry.disabledReason ?? null,
            run: entry.run,
          },
        ]
      : [],
  )
}

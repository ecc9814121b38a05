import type { z } from 'zod'
import { clusterCreate, clusterEdit, clusterRemove } from './cluster-commands.ts'
import { datacenterCreate, datacenterEdit, datacenterRemove } from './datacenter-commands.ts'
import {
  diskAdopt,
  diskCopy,
  diskCreate,
  diskDownload,
  diskEdit,
  diskMove,
  diskRemove,
  diskResize,
  diskSparsify,
  diskTransferTicket,
  diskUpload,
  diskUploadUrl,
} from './disk-commands.ts'
import { driftAccept } from './drift-commands.ts'
import {
  hostAdd,
  hostCandidates,
  hostCheckCommand,
  hostEdit,
  hostInstallCommand,
  hostMove,
  hostReconnect,
} from './host-commands.ts'
import { hostActivate, hostMaintenance, hostReboot, hostRemove, hostShell, hostShutdown } from './host-life-commands.ts'
import {
  hostCopyNetworks,
  hostPlanNetworks,
  hostSetupNetworks,
  hostSyncNetworks,
  networkCheckReach,
} from './host-network-commands.ts'
import {
  hostPoolAutostart,
  hostPoolCreate,
  hostPoolRefresh,
  hostPoolRemove,
  hostPoolStart,
  hostPoolStop,
  hostVolumeCreate,
  hostVolumeRemove,
} from './host-storage-commands.ts'
import {
  libvirtNetworkAutostart,
  libvirtNetworkCreate,
  libvirtNetworkEdit,
  libvirtNetworkRemove,
  libvirtNetworkStart,
  libvirtNetworkStop,
} from './libvirt-network-commands.ts'
import { vmCanMigrate, vmMigrate, vmMigrationPause, vmMigrationPostCopy } from './migration-commands.ts'
import {
  clusterAttachNetwork,
  clusterDetachNetwork,
  networkCreate,
  networkEdit,
  networkRemove,
  vnicProfileCreate,
  vnicProfileEdit,
  vnicProfileRemove,
} from './network-commands.ts'
import { consoleOpen, operationAbandon, operationRetry, settingsSet, taskCancel } from './other-commands.ts'
import {
  storageActivate,
  storageAttach,
  storageCandidates,
  storageCheck,
  storageCreate,
  storageDestroy,
  storageDetach,
  storageEdit,
  storageImport,
  storageMaintenance,
  storageProve,
  storageRefresh,
  storageRegisterVm,
  storageRemove,
  storageTakeOver,
} from './storage-commands.ts'
import {
  vmAutostart,
  vmChangeCd,
  vmCreate,
  vmDiscardPending,
  vmEdit,
  vmNmi,
  vmPause,
  vmPoweroff,
  vmReboot,
  vmRemove,
  vmReset,
  vmResume,
  vmRunOnce,
  vmSave,
  vmSendKeys,
  vmShutdown,
  vmStart,
} from './vm-commands.ts'

/** Every change that can be made, by its name. The engine's handlers are a mapped type over this: a missing one does not compile. */
export const commands = {
  'datacenter.create': datacenterCreate,
  'datacenter.edit': datacenterEdit,
  'datacenter.remove': datacenterRemove,
  'cluster.create': clusterCreate,
  'cluster.edit': clusterEdit,
  'cluster.remove': clusterRemove,
  'drift.accept': driftAccept,
  'host.add': hostAdd,
  'host.candidates': hostCandidates,
  'host.check': hostCheckCommand,
  'host.install': hostInstallCommand,
  'host.edit': hostEdit,
  'host.move': hostMove,
  'host.remove': hostRemove,
  'host.maintenance': hostMaintenance,
  'host.activate': hostActivate,
  'host.reboot': hostReboot,
  'host.shutdown': hostShutdown,
  'host.shell': hostShell,
  'host.reconnect': hostReconnect,
  'libvirt-network.create': libvirtNetworkCreate,
  'libvirt-network.edit': libvirtNetworkEdit,
  'libvirt-network.start': libvirtNetworkStart,
  'libvirt-network.stop': libvirtNetworkStop,
  'libvirt-network.autostart': libvirtNetworkAutostart,
  'libvirt-network.remove': libvirtNetworkRemove,
  'host-pool.create': hostPoolCreate,
  'host-pool.start': hostPoolStart,
  'host-pool.stop': hostPoolStop,
  'host-pool.autostart': hostPoolAutostart,
  'host-pool.refresh': hostPoolRefresh,
  'host-pool.remove': hostPoolRemove,
  'host-volume.create': hostVolumeCreate,
  'host-volume.remove': hostVolumeRemove,
  'storage.create': storageCreate,
  'storage.check': storageCheck,
  'storage.import': storageImport,
  'storage.attach': storageAttach,
  'storage.activate': storageActivate,
  'storage.maintenance': storageMaintenance,
  'storage.detach': storageDetach,
  'storage.remove': storageRemove,
  'storage.destroy': storageDestroy,
  'storage.edit': storageEdit,
  'storage.refresh': storageRefresh,
  'storage.prove': storageProve,
  'storage.take-over': storageTakeOver,
  'network.create': networkCreate,
  'network.edit': networkEdit,
  'network.remove': networkRemove,
  'cluster.attach-network': clusterAttachNetwork,
  'cluster.detach-network': clusterDetachNetwork,
  'vnic-profile.create': vnicProfileCreate,
  'vnic-profile.edit': vnicProfileEdit,
  'vnic-profile.remove': vnicProfileRemove,
  'storage.candidates': storageCandidates,
  'storage.register-vm': storageRegisterVm,
  'host.plan-networks': hostPlanNetworks,
  'host.setup-networks': hostSetupNetworks,
  'host.sync-networks': hostSyncNetworks,
  'host.copy-networks': hostCopyNetworks,
  'network.check-reach': networkCheckReach,
  'vm.create': vmCreate,
  'vm.remove': vmRemove,
  'vm.start': vmStart,
  'vm.run-once': vmRunOnce,
  'vm.change-cd': vmChangeCd,
  'vm.shutdown': vmShutdown,
  'vm.poweroff': vmPoweroff,
  'vm.reboot': vmReboot,
  'vm.reset': vmReset,
  'vm.nmi': vmNmi,
  'vm.send-keys': vmSendKeys,
  'vm.pause': vmPause,
  'vm.resume': vmResume,
  'vm.save': vmSave,
  'vm.autostart': vmAutostart,
  'vm.edit': vmEdit,
  'vm.discard-pending': vmDiscardPending,
  'vm.migrate': vmMigrate,
  'vm.can-migrate': vmCanMigrate,
  'vm.migration-post-copy': vmMigrationPostCopy,
  'vm.migration-pause': vmMigrationPause,
  'disk.transfer-ticket': diskTransferTicket,
  'disk.upload': diskUpload,
  'disk.download': diskDownload,
  'disk.upload-url': diskUploadUrl,
  'disk.create': diskCreate,
  'disk.edit': diskEdit,
  'disk.resize': diskResize,
  'disk.copy': diskCopy,
  'disk.move': diskMove,
  'disk.sparsify': diskSparsify,
  'disk.remove': diskRemove,
  'disk.adopt': diskAdopt,
  'console.open': consoleOpen,
  'task.cancel': taskCancel,
  'operation.retry': operationRetry,
  'operation.abandon': operationAbandon,
  'settings.set': settingsSet,
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
/** What a client sends: defaults not filled in yet. Where the command has a batch form, that too. */
export type CommandInput<N extends CommandName> =
  | z.input<Commands[N]['input']>
  | (Commands[N] extends { readonly batch?: { readonly field: infer Field; readonly list: infer List } }
      ? Omit<z.input<Commands[N]['input']>, Field & string> & { readonly [Key in List & string]: readonly string[] }
      : never)
/** What a handler gets: parsed, defaults filled in. */
export type ParsedInput<N extends CommandName> = z.output<Commands[N]['input']>
export type CommandKind<N extends CommandName> = Commands[N]['kind']
export type CommandOutput<N extends CommandName> = z.output<Commands[N]['output']>

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

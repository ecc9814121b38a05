import { stringify } from 'yaml'
import type { CloudInitSpec } from '../../../shared/domain/index.ts'

/** The files of a seed, by their names. */
export interface SeedFiles {
  readonly 'meta-data': string
  readonly 'user-data': string
  /** Without it the guest asks for addresses by DHCP on its first card. */
  readonly 'network-config'?: string
}

export interface SeedMachine {
  /** Another one means that cloud-init runs again. */
  readonly instanceId: string
  readonly name: string
  /** Of our table: what its accounts log in with depends on it. */
  readonly operatingSystem: string | undefined
  readonly macAddresses: readonly string[]
}

type Fields = Exclude<CloudInitSpec, { readonly userData: string }>

/** What cloud-init's data source NoCloud reads. https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html. Pure. */
export function buildSeedFiles(spec: CloudInitSpec, machine: SeedMachine): SeedFiles {
  const hostName = spec.hostName ?? hostNameOf(machine.name)
  const metaData = toYaml({ 'instance-id': machine.instanceId, 'local-hostname': hostName })
  if ('userData' in spec) {
    const { userData, networkConfig } = spec
    const network = networkConfig === undefined ? {} : { 'network-config': networkConfig }
    return { 'meta-data': metaData, 'user-data': userData, ...network }
  }
  const network = buildNetworkConfig(spec, machine.macAddresses)
  return {
    'meta-data': metaData,
    'user-data': `#cloud-config\n${toYaml(buildUserData(spec, hostName, machine.operatingSystem))}`,
    ...(network === null ? {} : { 'network-config': toYaml(network) }),
  }
}

/** A name as hosts may have (RFC 1123): letters, digits and dashes, up to 63. Pure. */
export function hostNameOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return plain.slice(0, 63).replace(/-+$/, '') || 'localhost'
}

function buildUserData(spec: Fields, hostName: string, operatingSystem: string | undefined): object {
  const { user, passwordHash, sshKeys, packages, runCommands } = spec
  const keys = sshKeys.length === 0 ? {} : { ssh_authorized_keys: sshKeys }
  return {
    hostname: hostName,
    ...(user === undefined
      ? {
          ...keys,
          // The account that the image has by itself.
          ...(passwordHash === undefined ? {} : { password: passwordHash, chpasswd: { expire: false } }),
        }
      : {
          users: [
            {
              name: user,
              sudo: 'ALL=(ALL) NOPASSWD:ALL',
              ...shellOf(operatingSystem),
              lock_passwd: passwordHash === undefined,
              ...(passwordHash === undefined ? {} : { passwd: passwordHash }),
              ...keys,
            },
          ],
        }),
    ...(packages.length === 0 ? {} : { package_update: true, packages }),
    ...(runCommands.length === 0 ? {} : { runcmd: runCommands }),
  }
}

/** Alpine and the BSDs come without bash; elsewhere an account would get /bin/sh. */
function shellOf(operatingSystem: string | undefined): object {
  return /^(?:alpine|freebsd|openbsd)/.test(operatingSystem ?? '') ? {} : { shell: '/bin/bash' }
}

/** Version 2, with cards known by their addresses: what the guest calls them nobody knows before. */
function buildNetworkConfig({ networks }: Fields, macAddresses: readonly string[]): object | null {
  if (macAddresses.length === 0) return null
  const cards = macAddresses.map((macaddress, index) => {
    const { addresses = [], gateway4, gateway6, nameServers = [] } = networks[index] ?? {}
    const routes = [
      ...(gateway4 === undefined ? [] : [{ to: '0.0.0.0/0', via: gateway4 }]),
      ...(gateway6 === undefined ? [] : [{ to: '::/0', via: gateway6 }]),
    ]
    const card = {
      match: { macaddress },
      ...(addresses.length === 0 ? { dhcp4: true } : { addresses }),
      ...(routes.length === 0 ? {} : { routes }),
      ...(nameServers.length === 0 ? {} : { nameservers: { addresses: nameServers } }),
    }
    return [`nic${index}`, card] as const
  })
  return { version: 2, ethernets: Object.fromEntries(cards) }
}

/** cloud-init reads YAML 1.1, in which "no" and "52:54:00:12:34:56" are no texts unless they are quoted. */
function toYaml(value: object): string {
  return stringify(value, { version: '1.1', lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })
}

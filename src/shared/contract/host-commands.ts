import { z } from 'zod'
import {
  clusterIdSchema,
  hostIdSchema,
  isJumpHost,
  libvirtModeSchema,
  storageManagerPrioritySchema,
  wireErrorSchema,
} from '../domain/index.ts'
import { defineCommand, theSystem } from './define-command.ts'

const theHost = ({ hostId }: { readonly hostId: string }) => [{ kind: 'host', id: hostId }] as const

const fingerprintSchema = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'expected SHA256:… as ssh-keygen -l prints it')

/** The brackets that URLs put around IPv6 addresses are taken off. */
const addressSchema = z
  .string()
  .trim()
  .overwrite((address) => address.replace(/^\[(.*)\]$/, '$1'))
  .min(1)
  .max(253)
const userSchema = z.string().trim().min(1).max(255)

/** Digests of commands, as `ssh.config-commands-unconfirmed` names them. */
const commandDigestsSchema = z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(100)

/** `[user@]host[:port]`, several by commas, the nearest first; `none` where ssh_config would name some. */
const jumpHostSchema = z
  .string()
  .trim()
  .min(1)
  .max(1_024)
  .refine(isJumpHost, 'expected [user@]host[:port], several separated by commas')

/** How a host is reached. Secrets go into the secret store and are never given back. */
const hostReachSchema = z.object({
  /** Where it is to belong; may be left out where there is one cluster only. */
  clusterId: clusterIdSchema.optional(),
  transport: z.enum(['ssh', 'local']).default('ssh'),
  /** Host name, IP address, or an alias of ~/.ssh/config. Ignored for this computer. */
  address: addressSchema,
  port: z.number().int().min(1).max(65_535).optional(),
  user: userSchema.optional(),
  privateKeyPath: z.string().min(1).max(4_096).optional(),
  jumpHost: jumpHostSchema.optional(),
  passphrase: z.string().max(1_024).optional(),
  password: z.string().max(1_024).optional(),
  libvirtMode: libvirtModeSchema.default('system'),
  /** The fingerprint that a person confirmed. Without it an unknown host is refused, with its fingerprint in the error. */
  hostKey: fingerprintSchema.optional(),
  /**
   * Commands of `Match exec` in the engine's ssh_config that a person allowed, for all hosts. With an empty list none is run. Without
   * it host.add is refused where there are such commands, with them in the error.
   */
  allowCommands: commandDigestsSchema.optional(),
})

/** A way to a host, or a host of the inventory, which has its way and its secrets there. */
const hostTargetSchema = hostReachSchema.partial({ address: true }).extend({ hostId: hostIdSchema.optional() })

const namesOne = ({
  hostId,
  address,
}: {
  readonly hostId?: string | undefined
  readonly address?: string | undefined
}) => (hostId === undefined) !== (address === undefined)
const ONE_OF_BOTH = 'expected either a hostId or an address'

const theTarget = ({ hostId }: { readonly hostId?: string | undefined }) =>
  hostId === undefined ? [theSystem] : theHost({ hostId })

/** What a host is reached and managed by: each needs the ones before it. */
export const CHAIN_CHECKS = ['reach', 'host-key', 'sign-in', 'libvirt', 'manage', 'qemu'] as const

/** What else is looked at, each by itself: what can be told is told, also where libvirt lacks. */
export const SINGLE_CHECKS = [
  'kvm',
  'memory',
  'clock',
  'space',
  'names',
  'migration-ports',
  'known-vms',
  'known-macs',
  'duplicate',
] as const

export const hostCheckSchema = z.object({
  check: z.enum([...CHAIN_CHECKS, ...SINGLE_CHECKS]),
  outcome: z.enum(['passed', 'warning', 'failed', 'not-run']),
  /** Short fact to show beside it: "libvirt 9.0.0". */
  detail: z.string().nullable(),
  error: wireErrorSchema.nullable(),
})
export type HostCheck = z.infer<typeof hostCheckSchema>

/** What a host lacks, and what it has to get it with. */
export const hostInstallSchema = z.object({
  packageManager: z.enum(['apt', 'dnf', 'zypper']),
  /** As `uname -m` says it. */
  architecture: z.string().regex(/^\w{0,32}$/),
  /** `service`: it is installed and does not run; `group`: the user is not in libvirt’s. */
  lacks: z.array(z.enum(['libvirt', 'qemu', 'service', 'group'])).min(1),
})
export type HostInstall = z.infer<typeof hostInstallSchema>

export const hostInstallCommand = defineCommand({
  name: 'host.install',
  summary:
    'Installs what a host lacks with its own package manager, and runs the checks again. What is installed stays.',
  input: hostTargetSchema.extend({ install: hostInstallSchema }).refine(namesOne, ONE_OF_BOTH),
  output: z.object({ checks: z.array(hostCheckSchema) }),
  permission: 'host.create',
  kind: 'task',
  objects: theTarget,
  secrets: ['password', 'passphrase'],
})

export const hostAdd = defineCommand({
  name: 'host.add',
  summary: 'Checks a host over SSH, pins its key and adds it.',
  input: hostReachSchema.extend({
    name: z.string().trim().min(1).max(64).optional(),
    /** Confirmed fingerprints by address: for many hosts in one call, where `hostKey` would be one for all. */
    hostKeys: z.record(addressSchema, fingerprintSchema).optional(),
    /** What holds for one address of many, in place of what the call says for all. */
    overrides: z
      .record(
        addressSchema,
        z.object({
          user: userSchema.optional(),
          port: z.number().int().min(1).max(65_535).optional(),
          libvirtMode: libvirtModeSchema.optional(),
        }),
      )
      .optional(),
  }),
  output: z.object({ hostId: hostIdSchema, checks: z.array(hostCheckSchema) }),
  batch: { field: 'address', list: 'addresses', byItem: ['hostKeys', 'overrides'] },
  permission: 'host.create',
  kind: 'task',
  objects: () => [theSystem],
  secrets: ['password', 'passphrase'],
  // 2: what the checks found has the cluster in it.
  inputVersion: 2,
})

export const hostCheckCommand = defineCommand({
  name: 'host.check',
  summary: 'Runs the checks of host.add, on a host of the inventory too, and stores nothing.',
  input: hostTargetSchema.refine(namesOne, ONE_OF_BOTH),
  output: z.object({
    checks: z.array(hostCheckSchema),
    hostKey: z.object({ type: z.string(), fingerprint: z.string() }).nullable(),
    /** Commands of ssh_config that were not run, as nobody has allowed them. */
    unconfirmed: wireErrorSchema.nullable(),
    /** What host.install could do about what failed; null: nothing. */
    install: hostInstallSchema.nullable(),
  }),
  permission: 'host.create',
  kind: 'instant',
  stores: false,
  objects: theTarget,
})

/** What a person could add. */
export const hostCandidateSchema = z.object({
  address: z.string(),
  user: z.string().nullable(),
  port: z.number().int().nullable(),
  libvirtMode: libvirtModeSchema,
  isAdded: z.boolean(),
})
export type HostCandidate = z.infer<typeof hostCandidateSchema>

export const hostCandidates = defineCommand({
  name: 'host.candidates',
  summary:
    'Lists hosts that could be added: of a list with ranges, of the engine’s ssh_config, or of virt-manager’s saved connections.',
  input: z.object({
    source: z.enum(['list', 'ssh-config', 'virt-manager']),
    /** For `list`: `[user@]host[:port]`, with ranges as in `node[01-20].example.org`. */
    list: z.string().max(65_536).optional(),
  }),
  output: z.object({
    hosts: z.array(hostCandidateSchema),
    /** What could not be read, or holds no host that can be reached over SSH, and why. */
    unread: z.array(
      z.object({ what: z.string(), reason: z.enum(['missing', 'unreadable', 'unsupported', 'too-many']) }),
    ),
  }),
  permission: 'host.create',
  kind: 'instant',
  objects: () => [theSystem],
})

export const hostEdit = defineCommand({
  name: 'host.edit',
  summary: 'Changes how a host is named or reached; it is reconnected when the way to it changed.',
  input: z.object({
    hostId: hostIdSchema,
    /** The host's revision that the edit was begun on: it is refused when somebody changed the host meanwhile. */
    revision: z.number().int().optional(),
    /** Null, here and below: as if it had never been given. */
    name: z.string().trim().min(1).max(64).nullable().optional(),
    address: addressSchema.optional(),
    port: z.number().int().min(1).max(65_535).nullable().optional(),
    user: userSchema.nullable().optional(),
    privateKeyPath: z.string().min(1).max(4_096).nullable().optional(),
    jumpHost: jumpHostSchema.nullable().optional(),
    storageManagerPriority: storageManagerPrioritySchema.optional(),
    passphrase: z.string().max(1_024).optional(),
    password: z.string().max(1_024).optional(),
    /** Confirms a new key of the host, after a person compared it. Replaces the pinned one. */
    hostKey: fingerprintSchema.optional(),
    /** Allows commands of `Match exec` in the engine's ssh_config, for all hosts. */
    allowCommands: commandDigestsSchema.optional(),
  }),
  output: z.object({ hostId: hostIdSchema }),
  permission: 'host.edit',
  kind: 'instant',
  objects: theHost,
})

export const hostReconnect = defineCommand({
  name: 'host.reconnect',
  summary: 'Drops the connection to a host, if any, and connects at once.',
  input: z.object({ hostId: hostIdSchema }),
  output: z.object({}),
  permission: 'host.manage',
  kind: 'instant',
  stores: false,
  objects: theHost,
})

export const hostMove = defineCommand({
  name: 'host.move',
  summary: 'Moves a host in maintenance to another cluster; its VMs go along.',
  input: z.object({ hostId: hostIdSchema, clusterId: clusterIdSchema }),
  output: z.object({ hostId: hostIdSchema }),
  permission: 'host.edit',
  kind: 'instant',
  objects: ({ hostId, clusterId }) => [
    { kind: 'host', id: hostId },
    { kind: 'cluster', id: clusterId },
  ],
})

import type { Migration } from 'kysely/migration'
import { initial } from './0001-initial.ts'
import { vmStatuses } from './0002-vm-statuses.ts'
import { operations } from './0003-operations.ts'
import { edits } from './0004-edits.ts'
import { auditPages } from './0005-audit-pages.ts'
import { machineIds } from './0006-machine-ids.ts'
import { hostWishes } from './0007-host-wishes.ts'
import { datacenters } from './0008-datacenters.ts'
import { allowedCommands } from './0009-allowed-commands.ts'
import { jumpHosts } from './0010-jump-hosts.ts'
import { storageDomains } from './0011-storage-domains.ts'
import { definitionDrift } from './0012-definition-drift.ts'
import { toldByHosts } from './0013-told-by-hosts.ts'
import { networks } from './0014-networks.ts'
import { removedDefinitions } from './0015-removed-definitions.ts'
import { hostNetworkWishes } from './0016-host-network-wishes.ts'
import { movedMachines } from './0017-moved-machines.ts'
import { templates } from './0020-templates.ts'

/** All migrations by name. A name starts with its number, which is the schema's version; they only ever go up. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-vm-statuses': vmStatuses,
  '0003-operations': operations,
  '0004-edits': edits,
  '0005-audit-pages': auditPages,
  '0006-machine-ids': machineIds,
  '0007-host-wishes': hostWishes,
  '0008-datacenters': datacenters,
  '0009-allowed-commands': allowedCommands,
  '0010-jump-hosts': jumpHosts,
  '0011-storage-domains': storageDomains,
  '0012-definition-drift': definitionDrift,
  '0013-told-by-hosts': toldByHosts,
  '0014-networks': networks,
  '0015-removed-definitions': removedDefinitions,
  '0016-host-network-wishes': hostNetworkWishes,
  '0017-moved-machines': movedMachines,
  '0020-templates': templates,
}

import './app/early.ts'
import './app/styles/index.css'
import { App } from './app/App.tsx'
import { startPage } from './app/providers.tsx'
import { clusterKind } from './features/clusters/index.ts'
import { datacenterKind } from './features/datacenters/index.ts'
import { diskKind } from './features/disks/index.ts'
import { hostKind } from './features/hosts/index.ts'
import { networkKind, vnicProfileKind } from './features/networks/index.ts'
import { storageKind } from './features/storage/index.ts'
import { templateKind } from './features/templates/index.ts'
import { vmKind } from './features/vms/index.ts'
import { registerKinds } from './kinds/index.ts'

// The kinds of entity that this window shows; one line each.
registerKinds([
  datacenterKind,
  clusterKind,
  hostKind,
  storageKind,
  vmKind,
  diskKind,
  networkKind,
  vnicProfileKind,
  templateKind,
])

await startPage(<App />, ['session', 'settings', 'datacenters', 'clusters', 'hosts', 'vms', 'tasks'])

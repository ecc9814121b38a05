import { lazyDialog } from '../../components/lazy-dialog.ts'

export { openConsole } from './open-console.ts'
export { vmTone } from './status.ts'
export { useVmMenu, VmContextMenu } from './VmContextMenu.tsx'
export { VmPage } from './VmPage.tsx'
export { VmTable } from './VmTable.tsx'
export { matchesQuery, parseQuery, queryOfTab, tabOfQuery } from './vm-query.ts'

export const ConfirmPowerDialog = lazyDialog(() =>
  import('./ConfirmPowerDialog.tsx').then((module) => module.ConfirmPowerDialog),
)

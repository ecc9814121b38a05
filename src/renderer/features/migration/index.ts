import { lazyDialog } from '../../components/lazy-dialog.ts'

export { VmDrag } from './VmDrag.tsx'

export const MigrateDialog = lazyDialog(() => import('./MigrateDialog.tsx').then((module) => module.MigrateDialog))

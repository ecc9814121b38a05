import { lazyDialog } from '../../components/lazy-dialog.ts'

export { templateKind } from './kind.tsx'

export const CloneVmDialog = lazyDialog(() => import('./CloneVmDialog.tsx').then((module) => module.CloneVmDialog))
export const MakeTemplateDialog = lazyDialog(() =>
  import('./MakeTemplateDialog.tsx').then((module) => module.MakeTemplateDialog),
)
export const EditTemplateDialog = lazyDialog(() =>
  import('./EditTemplateDialog.tsx').then((module) => module.EditTemplateDialog),
)

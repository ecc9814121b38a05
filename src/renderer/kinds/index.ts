import { lazyDialog } from '../components/lazy-dialog.ts'

export { EntityBreadcrumb } from './EntityBreadcrumb.tsx'
export { EntityContextMenu, useEntitiesLabel, useNamedMenu } from './EntityMenu.tsx'
export { EntityPage } from './EntityPage.tsx'
export { EntityTable } from './EntityTable.tsx'
export type { EntityAction, EntityKind, NameOf, SearchField } from './entity-kind.ts'
export { NOBODYS_ADDRESS, NOBODYS_NAME, NOBODYS_PATH } from './entity-kind.ts'
export { findText } from './query/match-query.ts'
export { allKinds, kindOf, registerKinds } from './registry.ts'
export { useStartAction } from './run-action.ts'
export { creatableKinds, parentIn, shownTreeViews, viewOfKind } from './tree-views.ts'
export { useEntityActions } from './use-actions.tsx'
export { type KindEntities, useAllEntities } from './use-all-entities.ts'
export { useContainedIds } from './use-contained-ids.ts'
export { type Creation, useCreations } from './use-creations.ts'
export { useEntities, useSameIds } from './use-entities.ts'
export { useNameOf } from './use-name-of.ts'
export { readQuery } from './use-query.ts'
export { useSelectedIds } from './use-selected-ids.ts'

export const ArrangeColumnsDialog = lazyDialog(() =>
  import('./list/ArrangeColumnsDialog.tsx').then((module) => module.ArrangeColumnsDialog),
)
export const SaveViewDialog = lazyDialog(() =>
  import('./list/SaveViewDialog.tsx').then((module) => module.SaveViewDialog),
)
export const ConfirmActionDialog = lazyDialog(() =>
  import('./ConfirmActionDialog.tsx').then((module) => module.ConfirmActionDialog),
)

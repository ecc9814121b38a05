import { EditIcon, TrashIcon } from '../../components/icons.ts'
import type { EntityAction } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** Everything that can be done to a template, in the order of the menus. */
export const TEMPLATE_ACTIONS: readonly EntityAction<'template'>[] = [
  {
    id: 'template.edit',
    group: 'edit',
    label: (t) => t('templates:action.edit'),
    icon: <EditIcon />,
    isMain: true,
    call: { command: 'template.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-template', templateId: id }),
  },
  {
    id: 'template.remove',
    group: 'remove',
    label: (t) => t('templates:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    asked: 'always',
    question: (t, name) => ({
      title: t('templates:remove.title', { name }),
      body: t('templates:remove.body'),
      confirm: t('templates:remove.do'),
    }),
    explainsRefusal: true,
    call: { command: 'template.remove', input: {} },
  },
]

import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { FormDialog } from '../../components/dialog/index.ts'
import { TextField } from '../../components/fields/index.ts'
import { closeDialog, type EntityName, useWorkspace } from '../../stores/index.ts'
import { columnWishesOf } from './column-wishes.ts'
import { VIEW_NAME_LIMIT } from './saved-views.ts'
import { saveView, useSavedViews } from './views-store.ts'

const formSchema = z.object({
  name: z.string().trim().min(1, 'common:views.nameMissing').max(VIEW_NAME_LIMIT, 'common:views.nameLong'),
})

/** Keeps the filter, the order and the columns of the list that is shown, under a name. */
export function SaveViewDialog({ entity }: { readonly entity: EntityName }) {
  const { t } = useTranslation()
  const place = useWorkspace((state) => state.place)
  const views = useSavedViews(entity)
  const form = useForm({ resolver: zodResolver(formSchema), defaultValues: { name: '' } })
  const typed = form.watch('name').trim().toLocaleLowerCase()
  const isThere = views.some(({ name }) => name.toLocaleLowerCase() === typed)
  const submit = form.handleSubmit(({ name }) => {
    const { filter, sort } = place
    const view = { ...(filter === undefined ? {} : { filter }), ...(sort === undefined ? {} : { sort }) }
    saveView(entity, { name: name.trim(), view, columns: columnWishesOf(entity) })
    closeDialog()
  })
  return (
    <FormDialog
      title={t('common:views.saveTitle')}
      label={t(isThere ? 'common:views.replace' : 'common:views.do')}
      isBusy={false}
      error={null}
      onSubmit={() => void submit()}
    >
      <p>{t('common:views.body')}</p>
      <TextField control={form.control} name="name" label={t('common:views.name')} isRequired autoFocus />
    </FormDialog>
  )
}

import { Button, Checkbox } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { DialogFrame } from '../../components/dialog/index.ts'
import { AngleDownIcon, AngleUpIcon } from '../../components/icons.ts'
import { closeDialog, type EntityName } from '../../stores/index.ts'
import { kindOf } from '../registry.ts'
import { useColumnWishes, wishColumns } from './column-wishes.ts'
import { isColumnShown, moveColumn, orderColumns, toggleColumn } from './list-columns.ts'

/** Which columns the lists of a kind have, and in which order. What is done here shows at once. */
export function ArrangeColumnsDialog({ entity }: { readonly entity: EntityName }) {
  const { t } = useTranslation()
  const kind = kindOf(entity)
  const wishes = useColumnWishes(entity)
  const columns = orderColumns(kind.useColumns(null), wishes.order)
  const ids = columns.map(({ id }) => id)
  return (
    <DialogFrame
      size="small"
      title={t('common:columns.title', { kind: kind.words.many(t) })}
      footer={
        <>
          <Button onClick={closeDialog}>{t('common:close')}</Button>
          <Button variant="link" onClick={() => wishColumns(entity)}>
            {t('common:columns.reset')}
          </Button>
        </>
      }
    >
      <ol className="vd-columns">
        {columns.map((column, index) => (
          <li key={column.id}>
            <Checkbox
              id={`column-${column.id}`}
              label={column.title}
              isChecked={isColumnShown(column, wishes.changed)}
              isDisabled={index === 0}
              onChange={() => wishColumns(entity, { changed: toggleColumn(column, wishes.changed) })}
            />
            {index === 0 ? null : (
              <span>
                <Button
                  variant="plain"
                  size="sm"
                  icon={<AngleUpIcon />}
                  aria-label={t('common:columns.earlier', { column: column.title })}
                  isDisabled={index === 1}
                  onClick={() => wishColumns(entity, { order: moveColumn(ids, column.id, -1) })}
                />
                <Button
                  variant="plain"
                  size="sm"
                  icon={<AngleDownIcon />}
                  aria-label={t('common:columns.later', { column: column.title })}
                  isDisabled={index === ids.length - 1}
                  onClick={() => wishColumns(entity, { order: moveColumn(ids, column.id, 1) })}
                />
              </span>
            )}
          </li>
        ))}
      </ol>
    </DialogFrame>
  )
}

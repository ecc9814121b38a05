import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Template } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { CopyIcon, EllipsisVIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { describeTemplate, describeVersion, templateTone } from './template-words.ts'

/** What the template is called, which version it is, and what can be done to it. */
export function TemplateHeader({ entity: template }: { readonly entity: Template }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('template', [template.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="template" entity={template} />}
      icon={<CopyIcon />}
      title={template.name}
      labels={
        <>
          <StatusLabel tone={templateTone(template)} status={template.status} word={describeTemplate(template, t)} />
          <Label isCompact variant="outline">
            {t('templates:version', { version: describeVersion(template) })}
          </Label>
          <Label isCompact variant="outline">
            {t(template.sealed ? 'templates:sealed' : 'templates:unsealed')}
          </Label>
        </>
      }
      actions={
        <>
          <EntryButton entry={byId.get('template.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}

import type { ComponentType } from 'react'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import { addNotice, closeDialog } from '../stores/index.ts'
import { lazyComponent } from './lazy-component.ts'

/** A dialog as a lazy component. One that cannot be loaded is closed again, and a notice says what to do. */
export function lazyDialog<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return lazyComponent(load, () => {
    closeDialog()
    addNotice({ command: null, subject: null, error: toWireError(new AppError('page.part-not-loaded', {})) })
  })
}

export { DialogFrame } from './DialogFrame.tsx'
export { DialogStack } from './DialogStack.tsx'
export { FormDialog } from './FormDialog.tsx'

export { forgetDraft, keepDraft, readDraft } from './drafts.ts'
export { PlanPage } from './PlanPage.tsx'
export { Wizard } from './Wizard.tsx'
export type { StepOutcome, WizardAction, WizardStep } from './wizard-steps.ts'

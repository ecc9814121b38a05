export { RadioField, SelectField } from './ChoiceFields.tsx'
export { describedBy, FieldFrame } from './FieldFrame.tsx'
export { TextField } from './TextField.tsx'

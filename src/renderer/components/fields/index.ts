export { RadioField, SelectField } from './ChoiceFields.tsx'
export { describedBy, FieldFrame } from './FieldFrame.tsx'
export { TextAreaField } from './TextAreaField.tsx'
export { TextField } from './TextField.tsx'

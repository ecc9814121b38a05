export { RadioField, SelectField } from './ChoiceFields.tsx'
export { TextField } from './TextField.tsx'

import { SUBJECT_ID_LIMIT, SUBJECT_NAME_LIMIT, type Subject } from '../../shared/domain/index.ts'

/**
 * A subject within its schema's bounds. Names come from hosts and from what was typed; one that is too long would be stored,
 * but not read back: the line, or a running task, would be lost with the next start.
 */
export function fitSubject({ kind, id, name }: Subject): Subject {
  return { kind, id: id.slice(0, SUBJECT_ID_LIMIT), name: name.slice(0, SUBJECT_NAME_LIMIT) }
}

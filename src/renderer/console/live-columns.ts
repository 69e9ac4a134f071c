/** A column of the console. Its texts are set in a font whose characters are all of one width, so it is so many wide. */
export interface LiveColumn {
  /** `received`, `flow` …, or `elems.` and the name of an element. */
  readonly id: string
  readonly label: string
  /** What a row shows there, for the chooser. */
  readonly hint: string
  /** 0: the room that the others leave. */
  readonly characters: number
  readonly isRight: boolean
}

const column = (
  id: string,
  label: string,
  characters: number,
  hint: string,
  isRight = false
): LiveColumn => ({
  id,
  label,
  hint,
  characters,
  isRight
})

const BEFORE_ELEMENTS: readonly LiveColumn[] = [
  column('received', 'Received', 12, 'when it arrived here'),
  column('created', 'Created', 12, 'when the platform stored it'),
  column('delay', 'Delay', 9, 'from created to received', true),
  column('flow', 'Flow', 12, 'its last name, in its colour'),
  column('path', 'Path', 30, 'the whole path of its flow'),
  column('id', 'Id', 13, 'shortened in the middle')
]
const AFTER_ELEMENTS: readonly LiveColumn[] = [
  column('summary', 'Elements', 0, 'names and values, as many as fit'),
  column('size', 'Size', 8, 'of its text', true)
]

/** All columns but those of single elements, in the order in which they stand. */
export const FIXED_COLUMNS: readonly LiveColumn[] = [...BEFORE_ELEMENTS, ...AFTER_ELEMENTS]

export const USUAL_COLUMNS: readonly string[] = ['received', 'flow', 'summary', 'size']

const ELEMENT = 'elems.'
const ELEMENT_CHARACTERS = 14
/** More columns of their own leave no room to read them. */
export const MAX_ELEMENT_COLUMNS = 12

export const elementColumnId = (name: string): string => ELEMENT + name

/** The element that a column shows; undefined for the others. */
export const elementOf = (columnId: string): string | undefined =>
  columnId.startsWith(ELEMENT) ? columnId.slice(ELEMENT.length) : undefined

/** The columns with these ids, in the order in which they stand; elements in the order in which they were chosen. */
export function columnsOf(ids: readonly string[]): LiveColumn[] {
  const chosen = (columns: readonly LiveColumn[]): readonly LiveColumn[] =>
    columns.filter(({ id }) => ids.includes(id))
  const elements = ids.flatMap((id): LiveColumn[] => {
    const name = elementOf(id)
    if (name === undefined) return []
    return [column(id, name, Math.max(ELEMENT_CHARACTERS, Math.min(name.length, 24)), 'an element')]
  })
  return [...chosen(BEFORE_ELEMENTS), ...elements, ...chosen(AFTER_ELEMENTS)]
}

/** Shows a column or takes it away. What would leave none is not done; of too many elements the oldest goes. */
export function toggleColumn(ids: readonly string[], id: string): readonly string[] {
  const others = ids.filter((other) => other !== id)
  if (others.length < ids.length) return others.length === 0 ? ids : others
  const elements = ids.filter((other) => elementOf(other) !== undefined)
  const isFull = elementOf(id) !== undefined && elements.length >= MAX_ELEMENT_COLUMNS
  return [...(isFull ? ids.filter((other) => other !== elements[0]) : ids), id]
}

export const areUsual = (ids: readonly string[]): boolean =>
  ids.length === USUAL_COLUMNS.length && USUAL_COLUMNS.every((id) => ids.includes(id))

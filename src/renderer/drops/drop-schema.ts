import { MAX_INTEGER, MIN_INTEGER } from '../../shared/model/element-encoding.ts'
import { ELEMENT_TYPES } from '../../shared/model/elements.ts'
import type { ElementType } from '../../shared/model/elements.ts'

/**
 * What the editor knows of a drop: its members, and every element type with what its value has to be (platform protocol,
 * "Element types"). It helps while typing; whether a drop can be saved is judged by `element-check.ts`, as the platform does.
 */

const element = { $ref: '#/definitions/element' }
const elements = { type: 'object', additionalProperties: element }
const idText = { type: 'string', pattern: '^[a-z]?[0-9a-f]{24}$' }
const place = {
  type: 'object',
  required: ['lat', 'lon'],
  additionalProperties: false,
  properties: {
    lat: { type: 'number', minimum: -90, maximum: 90, description: 'Degrees, north is positive.' },
    lon: { type: 'number', minimum: -180, maximum: 180, description: 'Degrees, east is positive.' },
    specifiers: { ...elements, description: 'Anything else to say of the place.' }
  }
}
const list = { type: 'array', items: element }
const text = { type: 'string' }

const VALUES: Readonly<Record<ElementType, { readonly schema: object; readonly help: string }>> = {
  string: { schema: text, help: 'A text.' },
  boolean: { schema: { type: 'boolean' }, help: 'true or false.' },
  integer: {
    schema: { type: 'integer', minimum: MIN_INTEGER, maximum: MAX_INTEGER },
    help: 'A whole number of 32 bits.'
  },
  long: { schema: { type: 'integer' }, help: 'A whole number of 64 bits; all its digits are kept.' },
  float: { schema: { type: 'number' }, help: 'A number with a fraction.' },
  date: { schema: { type: 'integer' }, help: 'A moment, in milliseconds since 1970-01-01 UTC.' },
  list: { schema: list, help: 'Values in their order.' },
  set: { schema: list, help: 'Values without repetition.' },
  sortedSet: { schema: list, help: 'Values without repetition, ascending.' },
  map: { schema: elements, help: 'Values by name.' },
  sortedMap: { schema: elements, help: 'Values by name, names ascending.' },
  location: { schema: place, help: 'A place: latitude and longitude in degrees.' },
  id: { schema: idText, help: 'The id of an object.' },
  dropRef: {
    schema: { type: 'object', required: ['flowId', 'dropId'] },
    help: 'A drop, by the ids of its flow and its own.'
  },
  email: { schema: text, help: 'An e-mail address.' },
  uri: { schema: text, help: 'A URI.' },
  text: { schema: text, help: 'A longer text.' },
  html: { schema: text, help: 'A text with markup; it is shown as text.' },
  url: { schema: text, help: 'An address of the web.' },
  phone: { schema: text, help: 'A telephone number.' }
}

/** A value of this type in its wrapper: exactly the members `type` and `value`. */
const typed = (type: ElementType): object => ({
  type: 'object',
  required: ['type', 'value'],
  additionalProperties: false,
  description: VALUES[type].help,
  properties: { type: { const: type, description: VALUES[type].help }, value: VALUES[type].schema },
  defaultSnippets: [{ label: `${type}: ${VALUES[type].help}`, body: { type, value: '$1' } }]
})

const isTyped = {
  type: 'object',
  required: ['type', 'value'],
  maxProperties: 2,
  properties: { type: { enum: ELEMENT_TYPES } }
}

export const DROP_SCHEMA = {
  name: 'drop',
  schema: {
    type: 'object',
    required: ['elems'],
    additionalProperties: false,
    properties: {
      elems: { ...elements, description: 'The data of the drop: elements by name.' },
      location: { ...place, description: 'Where it happened.' },
      fhash: { type: 'string', description: 'A key that the flow takes once.' }
    },
    definitions: {
      element: {
        if: isTyped,
        then: { oneOf: ELEMENT_TYPES.map(typed) },
        else: {
          type: ['string', 'number', 'boolean', 'array', 'object', 'null'],
          items: element,
          additionalProperties: element
        }
      }
    }
  }
} as const

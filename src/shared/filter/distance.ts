import type { DistanceUnit } from './ast.ts'
import { UNITS } from './operators.ts'
import { isNumeric, unwrap } from './values.ts'

/** A point on earth, in degrees. */
export interface GeoPoint {
  readonly lat: number
  readonly lon: number
}

/** The mean radius of the earth (platform protocol, "Operator semantics"). */
export const EARTH_RADIUS_KM = 6371.0088

const RADIANS = Math.PI / 180

/** Kilometres in a number of units. */
export const kilometresOf = (distance: number, unit: DistanceUnit): number =>
  distance * (UNITS.find((entry) => entry.unit === unit)?.kilometres ?? Number.NaN)

/** The great-circle distance of two points. */
export function distanceKm(from: GeoPoint, to: GeoPoint): number {
  const latSine = Math.sin(((to.lat - from.lat) * RADIANS) / 2)
  const lonSine = Math.sin(((to.lon - from.lon) * RADIANS) / 2)
  const chord =
    latSine * latSine + Math.cos(from.lat * RADIANS) * Math.cos(to.lat * RADIANS) * lonSine * lonSine
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/** A location, or a map that holds `lat` and `lon`, as a point; `undefined` for anything else. */
export function pointOf(value: unknown): GeoPoint | undefined {
  const holder = unwrap(value)
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return undefined
  const { lat, lon } = holder as { lat?: unknown; lon?: unknown }
  const latDegrees = unwrap(lat)
  const lonDegrees = unwrap(lon)
  if (!isNumeric(latDegrees) || !isNumeric(lonDegrees)) return undefined
  return { lat: Number(latDegrees), lon: Number(lonDegrees) }
}

/** Tells whether a value lies within a distance of a point; what is the same for every drop is computed once. */
export function withinTest(centre: GeoPoint, limitKm: number): (value: unknown) => boolean {
  return (value) => {
    const point = pointOf(value)
    return point !== undefined && distanceKm(centre, point) <= limitKm
  }
}

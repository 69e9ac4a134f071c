/**
 * A grammar for a parser generator, the way somebody would write the usual part of the filter language in an afternoon:
 * comparisons, lists, regular expressions, NOT, groups, && and ||. The peer of our parser, which also knows the rest.
 */
export const PEG_FILTER = String.raw`
Start = _ filter:Or _ { return filter }
Or = first:And rest:(_ "||" _ And)* {
  return rest.length === 0 ? first : { kind: 'or', terms: [first, ...rest.map((part) => part[3])] }
}
And = first:Term rest:(_ "&&" _ Term)* {
  return rest.length === 0 ? first : { kind: 'and', terms: [first, ...rest.map((part) => part[3])] }
}
Term
  = "NOT" _ term:Term { return { kind: 'not', term } }
  / "(" _ term:Or _ ")" { return term }
  / "EXISTS" _ member:Member { return { kind: 'exists', member } }
  / Rule
Rule
  = member:Member _ "=~" _ regex:Regex { return { kind: 'regex', member, regex } }
  / member:Member _ "IN" _ list:List { return { kind: 'in', member, list } }
  / member:Member _ operator:Operator _ operand:Value { return { kind: 'comparison', member, operator, operand } }
Operator = "==" / "!=" / "<=" / ">=" / "<" / ">"
Member = first:Name rest:("." Name)* { return [first, ...rest.map((part) => part[1])] }
Name = $([A-Za-z0-9_$][A-Za-z0-9_$:-]*)
Value = Number / String / "true" { return true } / "false" { return false } / "null" { return null } / List / Member
List = "[" _ first:Value rest:(_ "," _ Value)* _ "]" { return [first, ...rest.map((part) => part[3])] }
Number = text:$("-"? [0-9]+ ("." [0-9]+)? ([eE] [+-]? [0-9]+)?) ![A-Za-z_] { return Number(text) }
String = '"' text:$([^"\\] / "\\" .)* '"' { return text } / "'" text:$([^'\\] / "\\" .)* "'" { return text }
Regex = "/" pattern:$([^/\\] / "\\" .)* "/" flags:$[gims]* { return { pattern, flags } }
_ = [ \t\r\n]*
`

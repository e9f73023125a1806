// Reads {name: text} from stdin and answers {name: [[kind, start, end], ...]} with the tokens of code, as acorn reads
// them; null for a text that acorn does not take.
import { createRequire } from "node:module"
import { readFileSync } from "node:fs"

const acorn = createRequire(process.argv[2] + "/")("acorn")
const types = acorn.tokTypes

function kind(type) {
  if (type === types.regexp) return "regex"
  if (type === types.string) return "text"
  if (type === types.num) return "number"
  if (type === types.name || type === types.privateId || type.keyword) return "name"
  return "mark"
}

// A template is in pieces of text here, with its marks: `a${ , }b${ and }c`.
function pieces(found) {
  const answer = []
  let opening = null
  let depth = []
  let level = 0
  for (const [type, start, end] of found) {
    if (type === types.backQuote && opening === null) {
      opening = start
    } else if (type === types.backQuote) {
      answer.push(["template", opening, end])
      opening = null
    } else if (type === types.dollarBraceL) {
      answer.push(["template", opening, end])
      opening = null
      depth.push(level)
    } else if (type === types.template || type === types.invalidTemplate) {
      continue
    } else if (type === types.braceR && depth.length && depth[depth.length - 1] === level) {
      depth.pop()
      opening = start
    } else {
      if (type === types.braceL) level++
      if (type === types.braceR) level--
      answer.push([kind(type), start, end])
    }
  }
  return answer
}

function tokens(text) {
  for (const sourceType of ["script", "module"]) {
    const found = []
    const options = {
      ecmaVersion: "latest",
      sourceType,
      allowReturnOutsideFunction: true,
      allowHashBang: true,
      onToken: (token) => token.type !== types.eof && found.push([token.type, token.start, token.end]),
    }
    try {
      acorn.parse(text, options)
      return pieces(found)
    } catch {
      continue
    }
  }
  return null
}

const texts = JSON.parse(readFileSync(0, "utf-8"))
process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, tokens(text)]))))

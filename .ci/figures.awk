# Writes the stored figures as a table between the two marks of docs/quality.md.
#
#   awk -f figures.awk demo.json corpus.json quality.md
FILENAME ~ /\.json$/ && /"/ {
  name = $1; gsub(/[":]/, "", name)
  value = $2; sub(/,$/, "", value)
  set = FILENAME; sub(/.*\//, "", set); sub(/\.json$/, "", set)
  if (!(name in seen)) { seen[name] = 1; order[++n] = name }
  figure[set, name] = value
  next
}
FILENAME ~ /\.json$/ { next }
/^<!-- figures/ {
  print
  print "| figure | demo web | real sites |"
  print "|---|---|---|"
  for (i = 1; i <= n; i++) printf "| `%s` | %s | %s |\n", order[i], figure["demo", order[i]], figure["corpus", order[i]]
  inside = 1
  next
}
/^<!-- end of figures/ { inside = 0 }
!inside

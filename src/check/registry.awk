# registry.awk -- turns docs/claims.tsv into a C table (run by the Makefile).
BEGIN { FS = "\t"; print "/* Generated from docs/claims.tsv. */"; print "#include \"check/registry.h\"";
        print "const registry_row registry_rows[] = {" }
/^#/ || NF == 0 { next }
NF != 11 { printf "claims.tsv:%d: %d columns, 11 expected\n", NR, NF > "/dev/stderr"; bad = 1; exit 1 }
$1 in seen { printf "claims.tsv:%d: %s stands twice\n", NR, $1 > "/dev/stderr"; bad = 1; exit 1 }
{ seen[$1] = 1; n++; line = "    {"
  for (i = 1; i <= 11; i++) { f = $i; gsub(/\\/, "\\\\", f); gsub(/"/, "\\\"", f); gsub(/\?\?/, "?\\?", f)
      line = line "\"" f "\"" (i < 11 ? ", " : "},") }
  print line }
END { if (bad) exit 1; print "};"; printf "const size_t registry_size = %d;\n", n }

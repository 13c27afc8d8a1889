# Where the noise of neighbouring modes begins to overlap.
eval terminal(0.70, 1.10)
sym = (format eq 'tex')
set border 15 lc rgb '#bbbbbb' lw 0.8
unset tics
unset grid
set size ratio -1
set xrange [-1.6:1.6]
set yrange [-1.6:1.6]
set key outside bottom center horizontal samplen 2.5 width 0
set bmargin at screen 0.10
set tmargin at screen 0.99
when(i) = real(system(sprintf("grep -v '^#' '%s' | awk -F'\t' 'NF == 0 {if (!gap) k++; gap = 1; next} {gap = 0} k == %d {print $4; exit}'", file('lesson24_rings'), i)))
name = sym ? '$t = %.0f$' : 't = %.0f'
plot for [i = 0:3] file('lesson24_rings') index i using 1:2:3 with circles lt i + 1 lw 2.4 fs transparent solid 0.0 border lt i + 1 title sprintf(name, when(i))

# The data sets of ddpm train --data.
columns = has_size && width_cm(1.35) < 12 ? 2 : 4
rows = 4 / columns
eval terminal(1.35, 0.60)
set border 15 lw 0.8
set tics scale 0.4 format '%g' 1
set xtics -2, 1, 2
set ytics -2, 1, 2
unset grid
unset key
set size ratio -1
set xrange [-2.6:2.6]
set yrange [-2.6:2.6]
array name[4] = ['ring', 'moons', 'swissroll', 'checkerboard']
set multiplot
do for [i = 1:4] {
    left = 0.03 + 0.97 * ((i - 1) % columns) / columns
    bottom = 1 - (1 + (i - 1) / columns) / real(rows)
    set origin left, bottom
    set size 0.97 / columns, 1.0 / rows
    set lmargin at screen left + 0.05 / columns
    set rmargin at screen left + 0.95 / columns
    set bmargin at screen bottom + (rows == 1 ? 0.12 : 0.17) / rows
    set tmargin at screen bottom + 0.88 / rows
    set format y ((i - 1) % columns == 0 ? '%g' : '')
    set label 1 name[i] at graph 0.5, graph 1.07 center
    plot file('lesson24_data') index (i - 1) using 1:2 with points pt 7 ps 0.22 lc rgb '#0047a0'
}
unset multiplot

# The forward chain as a strip: the same particles and the same noise at six t.
columns = has_size && width_cm(1.55) < 12 ? 3 : 6
rows = 6 / columns
eval terminal(1.55, 0.50)
sym = (format eq 'tex')
set border 15 lc rgb '#bbbbbb' lw 0.8
unset tics
unset grid
unset key
set size ratio -1
set xrange [-3.1:3.1]
set yrange [-3.1:3.1]
at(i, column) = real(system(sprintf("grep -v '^#' '%s' | sed -n %dp | cut -f%d", file('lesson24_forward_t'), i, column)))
first = sym ? '$t = %.0f$' : 't = %.0f'
second = sym ? '$\bar\alpha_t = %.3g$' : (format eq 'dumb' ? '' : 'ᾱ = %.3g')
enh = sym ? 'enhanced' : 'noenhanced'
set multiplot
do for [i = 1:6] {
    left = real((i - 1) % columns) / columns
    bottom = 1 - (1 + (i - 1) / columns) / real(rows)
    set origin left, bottom
    set size 1.0 / columns, 1.0 / rows
    set lmargin at screen left + 0.02 / columns
    set rmargin at screen left + 0.98 / columns
    set bmargin at screen bottom + 0.13 / rows
    set tmargin at screen bottom + 0.87 / rows
    set label 1 sprintf(first, at(i, 1)) at graph 0.5, graph 1.09 center @enh
    set label 2 sprintf(second, at(i, 2)) at graph 0.5, graph -0.09 center @enh
    plot file('lesson24_forward') index (i - 1) using 1:2 with points pt 7 ps 0.25 lc rgb (i == 1 ? '#009e73' : '#d08000')
}
unset multiplot

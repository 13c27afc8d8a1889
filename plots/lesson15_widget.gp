# The widget of the lecture page, at four t: data, noisy data, and what the oracle makes of them.
eval terminal(0.80, 1.42)
sym = (format eq 'tex')
set border 15 lc rgb '#bbbbbb' lw 0.8
unset tics
unset grid
unset key
set size ratio -1
set xrange [-2.35:2.35]
set yrange [-2.35:2.35]
green = '#009e73'; orange = '#e69f00'; blue = '#0047a0'
readout(i, column) = real(system(sprintf("grep -v '^#' '%s' | sed -n %dp | cut -f%d", file('lesson15_widget'), i, column)))
first = sym ? '$t = %d$' : 't = %d'
second = sym ? '$\sqrt{\bar\alpha_t}=%.3f$, $\sqrt{1-\bar\alpha_t}=%.3f$' : (format eq 'dumb' ? '' : '√ᾱ = %.3f   √(1−ᾱ) = %.3f')
third = sym ? 'mean $\|\hat x_0-x_0\|=%.3f$' : (format eq 'dumb' ? 'mean distance %.3f' : 'mean |x̂₀ − x₀| = %.3f')
enh = sym ? 'enhanced' : 'noenhanced'
set multiplot
do for [i = 1:4] {
    left = (i - 1) % 2 * 0.5
    bottom = i <= 2 ? 0.525 : 0.055
    set origin left, bottom
    set size 0.5, 0.46
    set lmargin at screen left + 0.01
    set rmargin at screen left + 0.49
    set bmargin at screen bottom + 0.075
    set tmargin at screen bottom + 0.44
    set label 1 sprintf(first, int(readout(i, 1))) at graph 0.5, graph 1.04 center @enh
    set label 2 sprintf(second, readout(i, 2), readout(i, 3)) at graph 0.5, graph -0.06 center @enh
    set label 3 sprintf(third, readout(i, 4)) at graph 0.5, graph -0.135 center @enh
    f = file(sprintf('lesson15_widget%d', i))
    plot f using 3:4 with points pt 2 ps 0.6 lw 1.3 lc rgb orange, \
         f using 1:2 with points pt 7 ps 0.55 lc rgb green, \
         f every ::0::4 using 1:2:($3-$1):($4-$2) with vectors nohead lw 1.8 dt 1 lc rgb '#555555', \
         f every ::0::4 using 3:4:($5-$3):($6-$4) with vectors head filled size 0.13,18 lw 1.4 dt 1 lc rgb 'black', \
         f using 5:6 with points pt 6 ps 0.75 lw 1.4 lc rgb blue
}
set origin 0, 0
set size 1, 0.06
set lmargin at screen 0.01
set rmargin at screen 0.99
set bmargin at screen 0
set tmargin at screen 0.055
unset label 1
unset label 2
unset label 3
set size noratio
set xrange [0:1]
set yrange [0:1]
unset border
set key at graph 0.5, graph 0.6 center horizontal samplen 1 width 1
plot -1 with points pt 7 ps 1 lc rgb green title (sym ? 'data $x_0$' : 'data x₀') @enh, \
     -1 with points pt 2 ps 1 lw 1.6 lc rgb orange title (sym ? 'noised $x_t$' : 'noised xₜ') @enh, \
     -1 with points pt 6 ps 1.1 lw 1.6 lc rgb blue title (sym ? 'oracle $\hat x_0$' : 'oracle x̂₀') @enh
unset multiplot

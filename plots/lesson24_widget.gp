# The widget at one t: data, noisy data, and what the oracle makes of them.  AT=200 chooses the t (the
# nearest of about a hundred stops; T/10 when not given).  plots/widget.sh sets `frame` and draws one after the other.
if (!exists("frame")) { eval terminal(0.80, 1.12) }
sym = (format eq 'tex')
stats file('lesson24_readouts') using 1 nooutput
stops = int(STATS_records)
chosen = system('printf %.0f "${AT:-0}" 2> /dev/null') + 0
wanted = chosen > 0 ? chosen : 0.1 * STATS_max
set table $stops
plot file('lesson24_readouts') using 1:2:3:4 with table
unset table
if (!exists("frame")) {
    stop = 1
    do for [i = 1:stops] { if (abs(real(word($stops[i], 1)) - wanted) < abs(real(word($stops[stop], 1)) - wanted)) { stop = i } }
} else { stop = frame }
readout(column) = real(word($stops[stop], column))
set border 15 lc rgb '#bbbbbb' lw 0.8
unset tics
unset grid
set size ratio -1
set xrange [-2.5:2.5]
set yrange [-2.5:2.5]
set key outside bottom center horizontal samplen 1 width 1
set tmargin at screen 0.86
set bmargin at screen 0.09
set lmargin at screen 0.06
set rmargin at screen 0.94
green = '#009e73'; orange = '#e69f00'; blue = '#0047a0'
plain = format eq 'dumb'
enh = sym ? 'enhanced' : 'noenhanced'
first = sym ? '$t = %.0f$' : 't = %.0f'
second = sym ? '$\sqrt{\bar\alpha_t}=%.3f$, $\sqrt{1-\bar\alpha_t}=%.3f$' : plain ? 'sqrt(abar) = %.3f   sqrt(1-abar) = %.3f' : '√ᾱ = %.3f   √(1−ᾱ) = %.3f'
third = sym ? 'mean $\|\hat x_0-x_0\|=%.3f$' : plain ? 'mean |x0_hat - x0| = %.3f' : 'mean |x̂₀ − x₀| = %.3f'
set label 1 sprintf(first, readout(1)) at screen 0.06, screen 0.955 left @enh
set label 2 sprintf(second, readout(2), readout(3)) at screen 0.94, screen 0.965 right @enh
set label 3 sprintf(third, readout(4)) at screen 0.94, screen 0.905 right @enh
f = file('lesson24_frames')
plot f index (stop - 1) using 3:4 with points pt 2 ps 0.7 lw 1.4 lc rgb orange title (sym ? 'noised $x_t$' : plain ? 'noised x_t' : 'noised xₜ') @enh, \
     f index (stop - 1) using 1:2 with points pt 7 ps 0.7 lc rgb green title (sym ? 'data $x_0$' : plain ? 'data x_0' : 'data x₀') @enh, \
     f index (stop - 1) every ::0::2 using 1:2:($3-$1):($4-$2) with vectors nohead lw 2 dt 1 lc rgb '#555555' notitle, \
     f index (stop - 1) every ::0::2 using 3:4:($5-$3):($6-$4) with vectors head filled size 0.12,18 lw 1.6 dt 1 lc rgb 'black' notitle, \
     f index (stop - 1) using 5:6 with points pt 6 ps 0.95 lw 1.6 lc rgb blue title (sym ? 'oracle $\hat x_0$' : plain ? 'oracle x0_hat' : 'oracle x̂₀') @enh

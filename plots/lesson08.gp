# The terms L_{t-1} of the exact network for N(0,1) data, split into weighted error and constant.
eval terminal(0.75, 0.75)
sym = (format eq 'tex')
set logscale xy
stats file('lesson08_terms') using 1 nooutput
T = STATS_max
set xrange [1.6:1.3*T]
set yrange [1e-7:3]
set format y (sym ? '$10^{%T}$' : '10^{%T}')
set ytics 100
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel 'nats per coordinate' offset 1
set key bottom left
plot file('lesson08_terms') using 1:2 with lines lt 1 lw 3 title (sym ? '$L_{t-1}$' : 'L_{t−1}'), \
     '' using 1:3 with lines lt 2 title (sym ? 'floor $w_t\,\mathrm{Var}(\epsilon|x_t)$' : 'floor: w_t Var(ε|x_t)'), \
     '' using 1:4 with lines lt 3 title 'constant of the variances'

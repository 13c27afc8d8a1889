# The true weight of the bound and the one that a page prints for it.
eval terminal(1, 1)
sym = (format eq 'tex')
stats file('lesson13_weights') using 1:2 nooutput
T = STATS_max_x
set logscale xy
set xrange [1:T]
set format y (sym ? '$10^{%L}$' : '10^{%L}')
if (format eq 'dumb') { set format y '%g' }
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? 'weight of $|\epsilon-\epsilon_\theta|^2$' : 'weight of |ε − ε_θ|²') offset 0.5
if (format eq 'dumb') { set ylabel 'weight' }
stats file('lesson13_weights') using 4 nooutput
lowest = 10**(floor(log10(STATS_min)) - 0.3)
stats file('lesson13_weights') using 2 nooutput
set yrange [lowest:(STATS_max > 1 ? 3 * STATS_max : 3)]
set key outside top center horizontal maxrows 2 samplen 3 spacing 1.2 width -1
plot file('lesson13_weights') using 1:2 with lines lt 1 lw 3.5 title (sym ? 'true, $\sigma_t^2=\beta_t$' : 'true, σ² = β'), \
     '' using 1:3 with lines lt 3 lw 2.5 title (sym ? 'true, $\sigma_t^2=\tilde\beta_t$' : 'true, σ² = β̃'), \
     '' using 1:4 with lines lt 2 lw 3 title 'as printed', \
     1 with lines lt 5 lw 1.8 lc rgb '#777777' title 'uniform'

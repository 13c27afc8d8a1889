# The weight that three objectives put on |x_0 - x_0_hat|^2.
eval terminal(0.68, 0.74)
sym = (format eq 'tex')
f = file('lesson11_ratio')
set logscale xy
set format y '10^{%T}'
if (sym) { set format y '$10^{%T}$' }
if (format eq 'dumb') { set format y '1e%T' }
stats f using 1 nooutput
set xrange [1:STATS_max]
set xlabel (sym ? '$t$' : 't')
set ylabel (sym ? 'weight of $\|x_0-\hat x_0\|^2$' : 'weight of |x_0 − x̂_0|²') offset 0.5
set key bottom left reverse Left samplen 2.5
plot f using 1:2 with lines lt 1 lw 3.5 title (sym ? 'the bound, $\sigma_t^2=\beta_t$' : 'the bound, σ_t² = β_t'), \
     '' using 1:3 with lines lt 2 lw 3.5 title (sym ? '$L_\mathrm{simple}$: SNR' : 'L_{simple}: SNR'), \
     '' using 1:(1) with lines lt 3 lw 3.5 title 'unweighted'

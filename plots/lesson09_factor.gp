# The factor 1/(2 sigma_t^2) and the constant C_t, t >= 2.
eval terminal(0.68, 0.95)
sym = (format eq 'tex')
f = file('lesson09_factor')
set logscale xy
set format y '10^{%T}'
if (sym) { set format y '$10^{%T}$' }
if (format eq 'dumb') { set format y '1e%T' }
stats f using 1 nooutput
set xrange [2:STATS_max]
set multiplot layout 2,1 margins 0.21,0.96,0.13,0.97 spacing 0.06
set format x ''
unset xlabel
set ylabel (sym ? '$1/(2\sigma_t^2)$' : '1/(2 σ_t²)') offset 0.3
set key top right samplen 2.5
plot f using 1:3 with lines lt 2 lw 3.5 title (sym ? '$\sigma_t^2=\tilde\beta_t$' : 'σ_t² = β̃_t'), \
     '' using 1:2 with lines lt 1 lw 3.5 title (sym ? '$\sigma_t^2=\beta_t$' : 'σ_t² = β_t')
set format x '%.0f'
set xlabel (sym ? '$t$' : 't') offset 0,0.3
set ylabel (sym ? '$C_t$ (nats)' : 'C_t (nats)') offset 0.3
unset key
set ytics 1e-15,1e3,1
plot f using 1:4 with lines lt 1 lw 3.5
unset multiplot

# Two-point data: divergence of the kernel from the matched normal law, at x_t = 0 and on average.
eval terminal(1, 1)
sym = (format eq 'tex')
stats file('lesson03_feller') using 1 nooutput
set logscale xy
set format y (sym ? '$10^{%T}$' : '10^{%T}')
set xrange [2:STATS_max]
set yrange [1e-12:20]
set ytics 1e-12,1000,1
set mytics 1
set xlabel (sym ? '$t$' : 't')
set ylabel 'KL from the normal law (nats)'
set key at graph 0.98,0.98 right top samplen 2.6
plot 0.01 with lines lc rgb '#999999' lw 2 dt 1 title '0.01 nats', \
     file('lesson03_feller') using 1:2 with lines lt 1 lw 3 title (sym ? 'at $x_t=0$' : 'at x_t = 0'), \
     '' using 1:($3 > 0 ? $3 : NaN) with lines lt 2 lw 3 title (sym ? 'average over $x_t$' : 'average over x_t')

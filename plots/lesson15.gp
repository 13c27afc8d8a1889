# The least error of a perfect denoiser, seen as an error of x_0 and as an error of eps (ring of 8 modes).
eval terminal(0.70, 0.90)
sym = (format eq 'tex')
stats file('lesson15_mmse') using 1 nooutput
T = STATS_max
set logscale x
set xrange [1:T]
set yrange [0:1]
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? 'least mean squared error' : 'least mean squared error')
set ytics 0,0.2,1
set key outside center top vertical Left reverse samplen 4 maxrows 3
plot file('lesson15_mmse') using 1:3 with lines lt 1 lw 3.5 title (sym ? 'of $\epsilon$, ring' : 'of the noise, ring'), \
     '' using 1:2 with lines lt 2 lw 3.5 title (sym ? 'of $x_0$, ring' : 'of the data, ring'), \
     '' using 1:4 with lines lt 5 lw 2.5 lc rgb '#777777' title (sym ? 'of $\epsilon$, data $N(0,1)$' : 'of the noise, N(0,1) data instead')

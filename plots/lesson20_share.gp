# The share of the injected noise that the best network explains, 1 - MMSE_eps(t).
eval terminal(0.70, 0.85)
sym = (format eq 'tex')
stats file('lesson20_share') using 1 nooutput
T = STATS_max
set logscale x
set xrange [1:T]
set yrange [0:1]
set ytics 0,0.25,1
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel 'share of the noise explained'
set key outside center top horizontal Left reverse samplen 3.4
plot file('lesson20_share') using 1:2 with lines lt 1 lw 3.4 title 'ring of 8 bumps', \
     '' using 1:3 with lines lt 2 lw 3 title (sym ? 'data $N(0,1)$' : 'N(0,1) data')

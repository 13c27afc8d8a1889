# Where the optimal variance stands in the printed interval [beta_tilde_t, beta_t]: 0 is its lower end,
# 1 its upper end.  The thin curve above all is the true upper end, beta_t/alpha_t.
eval terminal(1.0, 0.95)
sym = (format eq 'tex')
set logscale y
set yrange [0.05:300]
set xrange [0:*]
set ytics ('0.1' 0.1, '1' 1, '10' 10, '100' 100)
set xlabel (sym ? '$t$' : 't') offset 0,0.3
set ylabel 'position in the interval' offset 0.5
set key at graph 0.03,0.97 left top reverse Left samplen 2.6
set object 1 rectangle from graph 0,graph 0 to graph 1,first 1 fc rgb '#e4eef6' fs solid noborder behind
set label 1 'the printed interval' at graph 0.97,first 0.62 right textcolor rgb '#335577'
plot file('lesson10_position') using 1:($6 > 1e6 ? NaN : $6) with lines lt 7 lc rgb '#666666' lw 2 title (sym ? '$\beta_t/\alpha_t$, the true end' : 'β_t/α_t, the true end'), \
     '' using 1:5 with lines lt 4 lc 7 lw 3 title (sym ? '$v = 100$' : 'v = 100'), \
     '' using 1:4 with lines lt 2 lw 3 title (sym ? '$v = 4$' : 'v = 4'), \
     '' using 1:3 with lines lt 1 lw 3 title (sym ? '$v = 1$: exactly $\beta_t$' : 'v = 1: exactly β_t'), \
     '' using 1:2 with lines lt 3 lc 6 lw 3 title (sym ? '$v = 0.1$' : 'v = 0.1')

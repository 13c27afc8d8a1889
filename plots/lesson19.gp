# Variance of the sampled x_0 relative to the data's, against the number of steps (cosine schedules).
eval terminal(0.75, 0.9)
sym = (format eq 'tex')
set logscale x
set xrange [5:1000]
set yrange [0:1.5]
set ytics 0,0.25,1.5
set xlabel (sym ? 'steps $T$' : 'steps T')
set ylabel 'sampled variance / data variance' offset 1
set key outside center top vertical Left reverse samplen 3.6 maxrows 4
plot file('lesson19_variance') using 1:3 with lines lt 1 lw 3.2 title (sym ? '$\beta_t$, narrow data' : 'β_t, narrow data (variance 1/4)'), \
     '' using 1:4 with lines lt 2 lw 3.2 title (sym ? '$\tilde\beta_t$, narrow data' : 'β̃_t, narrow data'), \
     '' using 1:5 with lines lt 3 lw 3.2 title (sym ? 'the optimal $\sigma_t^2$, narrow data' : 'the optimal σ_t², narrow data'), \
     '' using 1:2 with lines lt 5 lw 3 lc rgb '#777777' title (sym ? '$\tilde\beta_t$, data $N(0,1)$' : 'β̃_t, N(0,1) data')

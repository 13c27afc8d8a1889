# log p_theta(x_0) and the bound as functions of x_0, schedule S10, two bumps.
eval terminal(1, 1)
sym = (format eq 'tex')
set xrange [-2:2]
set yrange [-6.2:0.4]
set xtics -2,1,2
set ytics -6,2,0
set xlabel (sym ? '$x_0$' : 'x_0')
set ylabel 'nats'
set key above maxrows 2 samplen 2.6 width 1
ln_data = sym ? '$\log p_{\mathrm{data}}(x_0)$' : 'log p_{data}'
ln_p = sym ? '$\log p_\theta(x_0)$' : 'log p_θ'
plot file('lesson06_bound') using 1:5 with lines lc rgb '#bbbbbb' lw 6 dt 1 title ln_data, \
     '' using 1:2 with lines lt 1 lw 3 title ln_p, \
     '' using 1:3 with lines lt 2 lw 3 title (sym ? 'bound, $\sigma_t^2=\beta_t$' : 'bound, σ² = β'), \
     '' using 1:4 with lines lt 3 lw 3 title (sym ? 'bound, $\sigma_t^2=\tilde\beta_t$' : 'bound, σ² = β̃')

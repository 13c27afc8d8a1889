# log p_theta(x_0) and its bound as functions of x_0, schedule S10, two bumps, two variances.
eval terminal(1.2, 0.9)
sym = (format eq 'tex')
set multiplot layout 1,2 margins 0.09,0.99,0.16,0.8 spacing 0.03
set xrange [-2:2]
set yrange [-6.2:0.4]
set xtics -1,1,1
set ytics -6,2,0
set xlabel (sym ? '$x_0$' : 'x_0')
ln_data = sym ? '$\log p_{\mathrm{data}}(x_0)$' : 'log p_{data}'
ln_p = sym ? '$\log p_\theta(x_0)$' : 'log p_θ'
do for [i=0:1] {
    if (i == 0) { set ylabel 'nats'; set key at screen 0.54,0.985 center top maxrows 1 samplen 2.6 }
    if (i == 1) { unset ylabel; set format y ''; unset key }
    set label 1 (i == 0 ? (sym ? '$\sigma_t^2=\beta_t$' : 'σ² = β') : (sym ? '$\sigma_t^2=\tilde\beta_t$' : 'σ² = β̃')) at graph 0.5,1.06 center
    plot file('lesson06_bound') using 1:6 with lines lc rgb '#bbbbbb' lw 6 dt 1 title ln_data, \
         '' using 1:(column(2 + 2 * i)) with lines lt 1 lw 3 title ln_p, \
         '' using 1:(column(3 + 2 * i)) with lines lt 2 lw 3 title 'bound'
}
unset multiplot

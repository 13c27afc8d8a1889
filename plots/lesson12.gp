# What each wrong noise formula does to one reverse step, in posterior standard deviations.
eval terminal(1, 1)
sym = (format eq 'tex')
stats file('lesson12_errors') using 1:2 nooutput
T = STATS_max_x
top = (STATS_max_y > 1e3 ? 10 * STATS_max_y : 1e4)
set logscale xy
set xrange [2:T]
set yrange [1e-4:top]
set format y (sym ? '$10^{%L}$' : '10^{%L}')
if (format eq 'dumb') { set format y '%g' }
set ytics add ('1 sd' 1)
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel 'error of the mean, in posterior sd' offset 0.5
set key top right maxrows 3 samplen 2.4 spacing 1.1 width -1
set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead lw 1.4 dt 1 lc rgb '#999999' back
plot file('lesson12_errors') using 1:2 with lines lt 1 title (sym ? '$1/\sqrt{\bar\alpha_t}$ outside' : '1/√ᾱ outside'), \
     '' using 1:3 with lines lt 2 title (sym ? '$1-\bar\alpha_t$, no root' : '1−ᾱ, no root'), \
     '' using 1:4 with lines lt 3 title (sym ? '$\sqrt{\beta_t}$ for $\beta_t$' : '√β for β'), \
     '' using 1:5 with lines lt 4 title 'plus for minus', \
     '' using 1:6 with lines lt 5 lw 3.2 lc rgb '#aa3377' title (sym ? '$\bar\alpha_{t-1}$ for $\bar\alpha_t$' : 'index t−1 for t'), \
     '' using 1:7 with lines lt 6 dt 1 lw 1.6 title (sym ? '$1/\sqrt{\alpha_t}$ missing' : '1/√α missing')

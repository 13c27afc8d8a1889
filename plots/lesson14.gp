# What is left of the unit variance of eps at every t, with and without knowing t (data N(0,1)).
eval terminal(0.70, 0.76)
sym = (format eq 'tex')
stats file('lesson14_loss') using 1 nooutput
T = STATS_max
set xrange [0:T]
set yrange [0:1.8]
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? 'mean squared error of $\hat\epsilon$' : 'mean squared error of predicted noise')
set xtics 0,T/4.0,T
set ytics 0,0.4,1.6
set key top right samplen 3 width -2
area = format eq 'dumb' ? 'lines' : 'filledcurves fs solid 0.25 border'
plot file('lesson14_loss') using 1:2:3 with @area lc rgb '#999999' lw 0.5 title 'price of blindness', \
     '' using 1:3 with lines lt 2 lw 3.5 title 'network does not know t', \
     '' using 1:2 with lines lt 1 lw 3.5 title 'network knows t'

# The slopes c_t that stochastic gradient descent has learned, beside the exact ones.
eval terminal(0.70, 0.76)
sym = (format eq 'tex')
set xrange [0:51]
set yrange [-0.4:1.35]
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? 'slope $c_t$ of $\hat\epsilon = c_t\,x_t$' : 'slope c_t of the predicted noise')
set xtics 0,10,50
set ytics -0.4,0.4,1.2
set xzeroaxis lt 1 lc rgb '#888888' lw 0.8
set key bottom right samplen 2
plot file('lesson14_training') using 1:2 with lines lt 1 lw 3 title 'exact optimum', \
     '' using 1:3 with points pt 4 ps 0.9 lw 1.4 lc rgb '#d55e00' title 'after 1000 samples', \
     '' using 1:4 with points pt 7 ps 0.9 lc rgb '#0072b2' title 'after 200 000 samples'

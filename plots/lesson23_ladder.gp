# What the bound is worth: nats of a trained one-dimensional network between two baselines and the entropy.
eval terminal(1, 0.75)
sym = (format eq 'tex')
set xlabel 'nats (fewer is better)'
set ylabel ''
unset ytics
set border 1
set yrange [0.3:5.7]
array name[5] = ['N(0,1)', 'normal law, fitted', 'the bound', 'model, exact', 'entropy of the data']
if (sym) { name[1] = '$\mathcal N(0,1)$' }
stats file('lesson23_ladder') using 1 nooutput
# the rows are numbered from the top; the best comes last and lies lowest
set xrange [0:STATS_max * 1.75]
plot file('lesson23_ladder') using (0):(5 - $0):1:(0) with vectors nohead lt 1 lw 9 lc rgb '#9ab8d0' notitle, \
     '' using 1:(5 - $0):(sprintf(' %s, %.3f', name[int($0) + 1], $1)) with labels left notitle

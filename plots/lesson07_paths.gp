# Partial sums of the bracket before and after telescoping, two paths of S50, exact model of N(0,1).
eval terminal(0.75, 0.75)
sym = (format eq 'tex')
set xrange [0:57]
set yrange [-2.2:2.6]
set xtics 0,10,50
set xlabel (sym ? 'summands up to step $t$' : 'summands up to step t')
set ylabel 'partial sum (nats)'
set key top right
E = -1.18611903
set arrow 1 from 0,E to 57,E nohead lt 5 lc rgb 'black'
set label 1 (sym ? '$\log p(x_0)$' : 'log p(x_0)') at 24,E-0.25 left
plot file('lesson07_paths') index 0 using 2:($2 < 51 ? $3 : NaN) with lines lt 2 title 'before, line (2)', \
     '' index 1 using 2:($2 < 51 ? $3 : NaN) with lines lt 2 lw 1.2 notitle, \
     '' index 0 using 2:($2 < 51 ? $4 : NaN) with lines lt 1 lw 3 title 'after, line (D)', \
     '' index 1 using 2:($2 < 51 ? $4 : NaN) with lines lt 1 lw 1.4 notitle, \
     '' index 0:1 using (53):($2 == 51 ? $3 : NaN) with points pt 7 ps 2 lc rgb 'black' title 'with the prior term'

# The exact law of the samples after annealing in the right and in the printed order.
eval terminal(1, 1)
sym = (format eq 'tex')
set xrange [-15:15]
set yrange [0:0.62]
set xtics -12,4,12
set ytics 0,0.2,0.6
set xlabel (sym ? '$x$' : 'x')
set ylabel 'density' offset 1
set key at graph 0.02,0.98 left top Left reverse samplen 2.6
plot file('lesson18_order') using 1:2 with filledcurves y1=0 fc rgb '#cccccc' title 'data', \
     '' using 1:3 with lines lt 1 lw 2.6 title (sym ? '$t=T,\ldots,1$' : 't = T, ..., 1'), \
     '' using 1:4 with lines lt 2 lw 3.5 title (sym ? '$t=1,\ldots,T$ (as printed)' : 't = 1, ..., T (as printed)')

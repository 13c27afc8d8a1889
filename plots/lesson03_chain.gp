# The exact law of x_0 after 10, 50 and 1000 Gaussian steps with the perfect network.
eval terminal(1, 1)
sym = (format eq 'tex')
set xrange [-1.8:1.8]
set yrange [0:1.62]
set xtics -1,1,1
set ytics 0,0.5,1.5
set xlabel (sym ? '$x_0$' : 'x_0')
set ylabel 'density' offset 1
set key at graph 0.5,0.98 center top samplen 2.6
plot file('lesson03_chain') index 0 using 1:2 with filledcurves y1=0 fc rgb '#dddddd' title 'data', \
     '' index 1 using 1:2 with lines lt 1 lw 3 title '10 steps', \
     '' index 2 using 1:2 with lines lt 2 lw 3 title '50 steps', \
     '' index 3 using 1:2 with lines lt 3 lw 3 title '1000 steps'

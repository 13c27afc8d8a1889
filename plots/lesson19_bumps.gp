# The exact law of x_0 with sigma_t^2 = beta_t after 10, 50 and 1000 steps; between the bumps enlarged.
eval panels(2, 1.15, 0.95)
sym = (format eq 'tex')
rows = rows_of(2, 1.15)
set multiplot layout rows, 2 / rows
set xrange [-1.9:1.9]
set xtics -1,1,1
set yrange [0:1.4]
set ytics 0,0.5,1
set xlabel (sym ? '$x_0$' : 'x_0')
set ylabel 'density' offset 1
set key at graph 0.5,0.99 center top samplen 2.4
plot file('lesson19_bumps') index 0 using 1:2 with filledcurves y1=0 fc rgb '#dddddd' title 'data', \
     '' index 1 using 1:2 with lines lt 1 lw 3 title '10 steps', \
     '' index 2 using 1:2 with lines lt 2 lw 3 title '50 steps', \
     '' index 3 using 1:2 with lines lt 3 lw 3 title '1000 steps'
set xrange [-0.62:0.62]
set xtics -0.5,0.5,0.5
set logscale y
set yrange [2e-5:1.2]
set ytics ('0.0001' 1e-4, '0.001' 1e-3, '0.01' 0.01, '0.1' 0.1, '1' 1)
set ylabel 'density (log), between the bumps' offset 0.5
set key at graph 0.5,0.99 center top samplen 3.4
plot file('lesson19_bumps') index 0 using 1:2 with filledcurves y1=1e-9 fc rgb '#dddddd' notitle, \
     '' index 1 using 1:2 with lines lt 1 lw 3 title (sym ? '10 steps, $\beta_t$' : '10 steps, β_t'), \
     '' index 4 using 1:2 with lines lt 6 lw 3 title (sym ? '10 steps, $\tilde\beta_t$' : '10 steps, β̃_t'), \
     '' index 2 using 1:2 with lines lt 2 lw 3 title (sym ? '50 steps, $\beta_t$' : '50 steps, β_t'), \
     '' index 3 using 1:2 with lines lt 3 lw 3 notitle
unset multiplot

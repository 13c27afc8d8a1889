# The same position at one x_t, for data +-1 (variance 1): the interval holds for the average only.
eval terminal(1.0, 0.95)
sym = (format eq 'tex')
set logscale y
set yrange [0.07:300]
set xrange [-1.5:1.5]
set xtics -1,1,1
set mxtics 2
set ytics ('0.1' 0.1, '1' 1, '10' 10, '100' 100)
set xlabel (sym ? '$x_t$' : 'x_t') offset 0,0.3
set ylabel 'position in the interval' offset 0.5
set key at graph 0.97,0.97 right top samplen 2.6
set object 1 rectangle from graph 0,graph 0 to graph 1,first 1 fc rgb '#e4eef6' fs solid noborder behind
set label 1 'the printed interval' at -1.42,0.12 left textcolor rgb '#335577'
plot file('lesson10_point') index 0 using 1:($2 > 1e-6 ? $2 : 1e-6) with lines lt 1 lw 3 title (sym ? '$t = 50$' : 't = 50'), \
     '' index 1 using 1:($2 > 1e-6 ? $2 : 1e-6) with lines lt 2 lc 7 lw 3 title (sym ? '$t = 150$' : 't = 150'), \
     '' index 2 using 1:($2 > 1e-6 ? $2 : 1e-6) with lines lt 3 lc 6 lw 3 title (sym ? '$t = 400$' : 't = 400')

# Three forward paths from x_0 = 1.5 with the mean and the 2 sd band of the jump.
eval terminal(0.8, 0.8)
sym = (format eq 'tex')
set xlabel (sym ? 'time $t/T$' : 'time  t/T')
set ylabel (sym ? '$x_t$' : 'x_t') offset 0
set xrange [0:1]
set yrange [-3:4.7]
set ytics -3,1,3
set key top right samplen 2.2 opaque
set style fill solid 0.55 noborder
plot file('lesson01_marginal') using 2:4:5 with filledcurves lc rgb '#9ab8d8' title (sym ? 'mean $\pm\,2$ sd of the jump' : 'mean ± 2 sd of the jump'), \
     '' using 2:6 with lines lc rgb '#333333' lw 0.7 dt 1 title 'walks, step by step', \
     '' using 2:7 with lines lc rgb '#888888' lw 0.7 dt 1 notitle, \
     '' using 2:8 with lines lc rgb '#a0522d' lw 0.7 dt 1 notitle, \
     '' using 2:3 with lines lt 2 lc rgb 'black' lw 3 title (sym ? 'mean $\sqrt{\bar\alpha_t}\,x_0$' : 'mean of the jump')

# The page's picture of the weights, redrawn: as printed, and true.
eval terminal(1, 1)
sym = (format eq 'tex')
stats file('lesson13_bars') using 3 nooutput
T = STATS_max
stats file('lesson13_bars') using 4:5 nooutput
top = 100 * (STATS_max_x > STATS_max_y ? STATS_max_x : STATS_max_y)
step = (top > 40 ? 25 : 10)
set multiplot layout 2,1 margins 0.165,0.98,0.13,0.97 spacing 0.06
set style fill solid 0.85 border lc rgb '#333333'
set boxwidth 0.82
set xrange [0.4:10.6]
set yrange [0:1.2 * top]
set ytics 0,step,100 format (sym ? '%g\,\%%' : '%g %%')
set xtics 1,1,10 format ''
set grid noxtics
unset key
uniform = 10
set arrow 1 from graph 0, first uniform to graph 1, first uniform nohead dt 2 lw 2 lc rgb '#333333' back
set style textbox opaque noborder margins 0.4,0.2
set label 2 'uniform' at first 2, first uniform center offset 0,0.55 font ',11' front
set label 3 'as printed' at graph 0.5,0.86 center font ',16'
set label 4 'share of the weight' at screen 0.028,0.55 center rotate by 90
plot file('lesson13_bars') using 1:(100 * $5) with boxes lc rgb '#e69f00' fs solid 0.85 border lc rgb '#333333', \
     '' using 1:(100 * $5):(sprintf('%.0f', 100 * $5)) with labels boxed offset 0,0.65 font ',11'
unset label 2
unset label 4
set label 3 'true' at graph 0.5,0.86 center
set label 5 'small t' at first 1, screen 0.045 center
set label 6 'large t' at first 10, screen 0.045 center
set label 7 (sym ? 'step $t$, in tenths of $T$' : 'step t, in tenths of T') at first 5.5, screen 0.045 center
plot file('lesson13_bars') using 1:(100 * $4) with boxes lc rgb '#0072b2' fs solid 0.85 border lc rgb '#333333', \
     '' using 1:(100 * $4):(sprintf('%.0f', 100 * $4)) with labels boxed offset 0,0.65 font ',11'
unset multiplot

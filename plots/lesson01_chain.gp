# The chain as a strip: the density of x_t at five times, with N(0,1) behind it.
eval terminal(1.35, 0.58)
sym = (format eq 'tex')
times = ''
do for [i=0:4] {
    stats file('lesson01_chain') index i using 4 nooutput
    times = times.sprintf('%d ', STATS_min)
}
set multiplot layout 1,5 margins 0.02,0.98,0.14,0.84 spacing 0.025
set xrange [-3:3]
set yrange [0:1.1]
set xtics -2,2,2
unset ytics
unset key
set border 1
unset grid
do for [i=0:4] {
    set label 1 sprintf(sym ? '$t = %s$' : 't = %s', word(times, i + 1)) at graph 0.5,1.12 center
    if (i < 4) { set arrow 1 from graph 0.86,1.12 to graph 1.06,1.12 head filled lw 1.5 lc rgb '#444444' }
    if (i == 4) { unset arrow 1 }
    if (i == 4) { set label 2 (sym ? '$N(0,1)$' : 'N(0,1)') at -0.1,0.5 center textcolor rgb '#444444' }
    plot file('lesson01_chain') index i using 1:2 with filledcurves y1=0 lc rgb '#9ab8d8', \
         '' index i using 1:2 with lines lt 1, \
         '' index i using 1:3 with lines lt 3 lw 1.6 lc rgb '#444444'
}
unset multiplot

# The two weights of mu_tilde against t: as they are, and as the slide says.
eval terminal(1.0, 0.8)
sym = (format eq 'tex')
x0 = sym ? 'of $x_0$' : 'of x_0'
xt = sym ? 'of $x_t$' : 'of x_t'
set multiplot layout 1,2 margins 0.11,0.965,0.17,0.89 spacing 0.09
set logscale x
set autoscale xfixmax
set xrange [1:*]
set yrange [0:1.06]
set ytics 0,0.5,1
set xlabel (sym ? '$t$' : 't') offset 0,0.3
set ylabel 'weight' offset 1
set key at graph 0.90,0.62 right top samplen 2.2 spacing 1.3
set label 1 'computed' at graph 0.5,1.06 center
plot file('lesson05_weights') index 0 using 1:4 with lines lt 1 lw 3 title xt, \
     '' index 0 using 1:3 with lines lt 2 lc 7 lw 3 title x0
set label 1 'as the slide says'
unset ylabel
set format y ''
plot file('lesson05_weights') index 0 using 1:3 with lines lt 1 lw 3 title xt, \
     '' index 0 using 1:4 with lines lt 2 lc 7 lw 3 title x0
unset multiplot

# What does not sum to 1, and the share of information that x_0 brings.
eval terminal(1.0, 1.15)
sym = (format eq 'tex')
set multiplot layout 2,1 margins 0.14,0.965,0.12,0.985 spacing 0.05
set xrange [0:1]
set yrange [0:1.14]
set ytics 0,0.5,1
set xtics 0,0.25,1
set format x ''
set ylabel (sym ? '$w_{x_0} + w_{x_t}$' : 'w_{x0} + w_{xt}') offset 1
set key left bottom Left reverse samplen 3
set label 1 'the slide: always 1' at 0.03,1.075 left textcolor rgb '#444444'
plot file('lesson05_weights') index 0 using 2:5 with lines lt 1 lw 3 title 'chosen schedule', \
     '' index 1 using 2:5 with lines lt 2 lc 7 lw 3 title 'S50', \
     '' index 2 using 2:5 with lines lt 3 lc 6 lw 3 title 'COS1000', \
     1 with lines lc rgb '#888888' lw 1.2 dt (2,2) notitle
unset label 1
unset key
set format x '%g'
set xlabel (sym ? '$t/T$' : 't / T') offset 0,0.3
set logscale y
set yrange [0.004:1.4]
set ytics ('1' 1, '0.1' 0.1, '0.01' 0.01)
set ylabel (sym ? 'share of $x_0$' : 'share of x_0') offset 0
plot file('lesson05_weights') index 0 using 2:6 with lines lt 1 lw 3, \
     '' index 1 using 2:6 with lines lt 2 lc 7 lw 3, \
     '' index 2 using 2:6 with lines lt 3 lc 6 lw 3
unset multiplot
